// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Probe.Feature;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@KernelTest
class ProbeTest {
  @Test
  void findsWhatEveryKernelOfTheTestsHas() {
    Probe probe = Probe.run();
    for (Feature feature : Feature.values()) {
      if (feature != Feature.TCX) {
        assertTrue(probe.has(feature), feature + ": " + probe.refusals());
      }
    }
    assertEquals("", probe.obstacle());
  }

  @Test
  void saysOfTcxWhatTheKernelDoes() {
    Probe probe = Probe.run();
    // Linux 6.6 has it; bpftool is not asked, as it may know less than the kernel.
    String release = Sh.run("uname -r");
    String[] numbers = release.split("\\.", -1);
    int version = Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]);
    assertEquals(version >= 6006, probe.has(Feature.TCX), release + probe.refusals());
  }

  @Test
  void helperThatIsNotThereIsRefusedInTheVerifiersWords() {
    ErrnoException e = assertThrows(ErrnoException.class, () -> SmallProgram.probe(99_999));
    assertEquals(Errno.EINVAL, e.errno());
    assertTrue(e.getMessage().contains("99999"), e.getMessage());
    assertFalse(e.getMessage().contains("r1 = 0"), "no code: " + e.getMessage());
  }

  @Test
  void leavesNothingBehind() throws IOException {
    Probe warm = Probe.run();
    List<String> before = descriptors();
    String qdiscs = Sh.run("tc qdisc show");
    assertEquals(warm, Probe.run());
    assertEquals(before, descriptors());
    assertEquals(qdiscs, Sh.run("tc qdisc show"));
  }

  /** Those that the probe opens: of eBPF, of namespaces, sockets. */
  private static List<String> descriptors() throws IOException {
    List<String> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        String target = Files.readSymbolicLink(entry).toString();
        if (target.matches(".*(bpf|net:|socket).*")) {
          all.add(target);
        }
      }
    }
    return all;
  }

  @Test
  void obstacleHasTheWordsOfTheRefusal() {
    assertTrue(new Probe(Map.of(Feature.BPF, "create map: EPERM")).obstacle().contains("EPERM"));
    assertEquals("", new Probe(Map.of(Feature.TCX, "EINVAL")).obstacle(), "there is clsact");
    String both =
        new Probe(Map.of(Feature.TCX, "EINVAL", Feature.CLSACT, "unknown qdisc")).obstacle();
    assertTrue(both.contains("EINVAL") && both.contains("unknown qdisc"), both);
    assertFalse(new Probe(Map.of(Feature.LIBBPF, "absent")).obstacle().isEmpty());
  }
}
