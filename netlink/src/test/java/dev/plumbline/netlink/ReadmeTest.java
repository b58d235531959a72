// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Bridge;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Veth;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of netlink/README.md, as it stands there. */
@KernelTest
class ReadmeTest {

  // README: begin
  /** A bridge with a guest in a namespace of its own, and what the kernel says about it. */
  static String lab() throws IOException {
    try (NetNamespace guest = NetNamespace.create("guest");
        RouteSocket host = RouteSocket.open();
        RouteSocket inside = RouteSocket.open(guest);
        Subscription events = Subscription.open(RouteGroup.LINK)) {

      host.execute(Link.create(Bridge.named("br0").data(Bridge.AGEING_TIME, 6_000L).up()));
      host.execute(
          Link.create(
              Veth.named("vm1", Link.named("eth0").namespace(guest))
                  .master(host.index("br0"))
                  .up()));
      inside.execute(Link.setUp(inside.index("eth0")));
      inside.execute(
          Address.add(Address.of(InetAddress.getByName("10.0.0.2"), 24).on(inside.index("eth0"))));

      try {
        host.execute(Link.create(Bridge.named("br0")));
      } catch (NetlinkException e) {
        System.err.println(e.getMessage()); // create bridge br0: EEXIST (File exists)
      }

      int heard = 0;
      if (events.receive(1_000) instanceof Reception.Messages received) {
        heard = received.messages().size();
      }
      Link bridge = host.link("br0");
      return (bridge == null
              ? "gone"
              : bridge.name() + " ages " + bridge.data().get(Bridge.AGEING_TIME))
          + (heard > 0 ? ", and was heard of" : "");
    }
  }

  // README: end

  @Test
  void theExampleRuns() throws IOException {
    assertEquals("br0 ages 6000, and was heard of", lab());
  }

  @Test
  void theReadmeShowsTheExampleAsItIs() throws IOException {
    List<String> source =
        Files.readAllLines(Path.of("src/test/java/dev/plumbline/netlink/ReadmeTest.java"));
    int begin = source.indexOf("  // README: begin") + 1;
    int end = source.indexOf("  // README: end");
    String example = String.join("\n", source.subList(begin, end)).stripTrailing().stripIndent();
    String readme = Files.readString(Path.of("README.md"), StandardCharsets.UTF_8);
    assertTrue(
        readme.contains(example), "netlink/README.md shows another example than the test runs");
  }
}
