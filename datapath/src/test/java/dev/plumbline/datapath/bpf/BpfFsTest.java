// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@KernelTest
class BpfFsTest {
  @TempDir Path temporary;

  @Test
  void isMountedOnceAndPrivate() throws IOException {
    Path directory = temporary.resolve("a/bpf");
    assertFalse(BpfFs.isMounted(directory));
    BpfFs first = BpfFs.mount(directory);
    BpfFs second = BpfFs.mount(directory);
    assertTrue(BpfFs.isMounted(directory));
    String mounts = Sh.run("grep -F ' " + directory + " ' /proc/self/mountinfo");
    assertEquals(1, mounts.lines().count(), mounts);
    assertFalse(mounts.contains("shared:"), mounts);
    assertTrue(mounts.contains("mode=700"), mounts);
    first.unmount();
    assertFalse(BpfFs.isMounted(directory));
    second.unmount();
  }

  @Test
  void pinnedMapIsFoundAgain() throws IOException {
    BpfFs fs = BpfFs.mount(temporary.resolve("bpf"));
    assertNull(fs.map("flows"));
    MapInfo info;
    try (BpfMap map = BpfMap.create("flows", MapInfo.HASH, 4, 8, 16, 0)) {
      map.update(Fixture.u32(1), 0, Fixture.u64(11), 0, BpfMap.ANY);
      map.pin(fs.pin("flows"));
      assertThrows(IOException.class, () -> map.pin(fs.pin("flows")), "EEXIST");
      info = map.info();
    }
    assertEquals(List.of("flows"), fs.pins());
    try (BpfMap map = fs.map("flows")) {
      assertNotNull(map);
      assertEquals(info, map.info());
      assertTrue(map.info().isLike(info));
      Memory value = Fixture.u64(0);
      assertTrue(map.lookup(Fixture.u32(1), 0, value, 0));
      assertEquals(11, value.buffer().getLong(0));
    }
    try (BpfMap other = BpfMap.create("flows", MapInfo.HASH, 4, 8, 17, 0)) {
      assertFalse(other.info().isLike(info), "another size");
    }
    fs.unpin("flows");
    assertNull(fs.map("flows"));
    assertThrows(IllegalArgumentException.class, () -> fs.pin("a.b"));
    assertThrows(IllegalArgumentException.class, () -> fs.pin("../x"));
    fs.unmount();
  }
}
