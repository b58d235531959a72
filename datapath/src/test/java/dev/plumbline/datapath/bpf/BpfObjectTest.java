// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@KernelTest
class BpfObjectTest {
  @Test
  void programsAndMapsAreFoundByTheirNames() throws IOException {
    try (BpfObject object = Fixture.spec().load()) {
      assertTrue(object.program("count").fd() > 0);
      assertTrue(object.program("count").id() > 0);
      assertEquals(4, object.map("counts").keyBytes());
      assertEquals(8, object.map("counts").valueBytes());
      assertFalse(object.programs().containsKey("unsafe"), "it is marked as left out");
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> object.map("nonsense"));
      assertTrue(e.getMessage().contains("counts"), e.getMessage());
    }
  }

  @Test
  void constantsAreSetBeforeLoading() throws IOException {
    try (BpfObject object = Fixture.spec().constant("step", 5).constant("verdict", 3).load()) {
      TestRun run = new TestRun(256);
      assertEquals(3, run.run(object.program("count"), 64, 2));
      assertEquals(10, Fixture.counted(object, 1));
    }
  }

  @Test
  void constantsThatAreNotThereOrDoNotFitAreRefused() throws IOException {
    BpfObject.Spec spec = Fixture.spec();
    assertThrows(IllegalArgumentException.class, () -> spec.constant("nonsense", 1));
    assertThrows(IllegalArgumentException.class, () -> spec.constant("verdict", 256));
    assertThrows(IllegalArgumentException.class, () -> spec.constant("step", new byte[3]));
  }

  @Test
  void mapsGetTheSizeThatIsAskedFor() throws IOException {
    try (BpfObject object = Fixture.spec().maxEntries("counts", 1000).load()) {
      assertEquals(1000, object.map("counts").info().maxEntries());
    }
    assertThrows(
        IllegalArgumentException.class, () -> Fixture.spec().maxEntries("nonsense", 1).load());
  }

  @Test
  void reusedMapsAreUsedInThePlaceOfNewOnes() throws IOException {
    try (BpfObject first = Fixture.passing();
        BpfObject second =
            Fixture.spec().constant("verdict", 255).reuse("counts", first.map("counts")).load()) {
      assertEquals(first.map("counts").info().id(), second.map("counts").info().id());
      int verdict = new TestRun(256).run(second.program("count"), 64, 1);
      assertEquals(Fixture.TC_ACT_UNSPEC, verdict);
      assertEquals(1, Fixture.counted(first, 1));
    }
  }

  @Test
  void mapOfAnotherSizeIsRefusedForReuse() throws IOException {
    try (BpfMap other = BpfMap.create("other", MapInfo.HASH, 8, 8, 64, 0)) {
      BpfLoadException e =
          assertThrows(BpfLoadException.class, () -> Fixture.spec().reuse("counts", other).load());
      assertTrue(e.errno() > 0, e.getMessage());
    }
  }

  @Test
  void verifiersWordsAreInTheException() throws IOException {
    BpfObject.Spec spec = Fixture.spec().program("unsafe", true);
    BpfLoadException e = assertThrows(BpfLoadException.class, spec::load);
    assertEquals(Errno.EACCES, e.errno(), e.getMessage());
    assertTrue(e.getMessage().contains("invalid access to packet"), e.getMessage());
    assertTrue(e.log().contains("unsafe"), e.log());
  }

  @Test
  void bytesThatAreNoObjectFileAreRefused() {
    assertThrows(IOException.class, () -> BpfObject.resource(getClass(), "absent.bpf.o"));
    assertThrows(IOException.class, () -> ElfFile.read("nonsense", new byte[100]));
    assertThrows(IOException.class, () -> ElfFile.read("nothing", new byte[0]));
  }

  @Test
  void descriptorsOutliveTheObjectOfTheLibrary() throws IOException {
    try (BpfObject object = Fixture.passing()) {
      Memory value = Fixture.u64(7);
      object.map("counts").update(Fixture.u32(3), 0, value, 0, BpfMap.NO_EXIST);
      assertEquals(7, Fixture.counted(object, 3));
    }
  }
}
