// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

@KernelTest
class SysctlTest {
  @Test
  void aValueBelongsToTheNamespaceAlone() throws IOException {
    try (NetNamespace web = NetNamespace.create("web")) {
      Sysctl.write("net.ipv4.ip_forward", "0");
      Sysctl.write(web, "net.ipv4.ip_forward", "1");
      assertEquals("0", Sysctl.read("net.ipv4.ip_forward"));
      assertEquals("1", Sysctl.read(web, "net.ipv4.ip_forward"));
      assertEquals("1", Sh.run("ip netns exec web cat /proc/sys/net/ipv4/ip_forward").strip());
    }
  }

  @Test
  void dotsAndSlashesAreThoseOfSysctl() throws IOException {
    Sh.run("ip link add eth0.100 type bridge");
    Sysctl.write("net.ipv4.conf.eth0/100.forwarding", "1");
    assertEquals("1", Sysctl.read("net/ipv4/conf/eth0.100/forwarding"));
    assertEquals("1", Sh.run("cat /proc/sys/net/ipv4/conf/eth0.100/forwarding").strip());
    Sysctl.write("net/ipv4/conf/eth0.100/forwarding", "0");
    assertEquals("0", Sysctl.read("net.ipv4.conf.eth0/100.forwarding"));
  }

  @Test
  void keysOutsideOfNetAreRefused() {
    for (String key :
        List.of(
            "",
            "net",
            "kernel.hostname",
            "net/../kernel/hostname",
            "net.ipv4..ip_forward",
            "net.//.kernel.hostname",
            "/net/ipv4/ip_forward",
            "net/./ipv4/ip_forward",
            "network.x",
            "net.\0.x")) {
      assertThrows(IllegalArgumentException.class, () -> Sysctl.read(key), key);
      assertThrows(IllegalArgumentException.class, () -> Sysctl.write(key, "1"), key);
    }
  }

  @Test
  void errorsNameTheKey() {
    IOException missing =
        assertThrows(NoSuchFileException.class, () -> Sysctl.read("net.ipv4.no_such"));
    assertTrue(missing.getMessage().contains("net.ipv4.no_such"), missing.getMessage());
    IOException invalid =
        assertThrows(IOException.class, () -> Sysctl.write("net.ipv4.ip_forward", "many"));
    assertTrue(invalid.getMessage().contains("net.ipv4.ip_forward = many"), invalid.getMessage());
    assertTrue(invalid.getMessage().contains("Invalid argument"), invalid.getMessage());
  }

  @Test
  void aNumberOfSeveralDigitsIsReadWhole() throws IOException {
    Sysctl.write("net.ipv4.ip_default_ttl", "117");
    assertEquals("117", Sysctl.read("net.ipv4.ip_default_ttl"));
    Sysctl.write("net.ipv4.ip_local_port_range", "20000 60000");
    assertEquals("20000\t60000", Sysctl.read("net.ipv4.ip_local_port_range"));
  }
}
