// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.RouteSockets;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.socket.Shuffling;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A host that is followed by its events is the host that is read as a whole. */
@KernelTest
class LiveViewTest {
  private static final int ROUNDS = 150;
  private static final int LEAST = 15;
  private static final Duration LONGEST = Duration.ofSeconds(8);
  private static final int COMMANDS = 4;

  /** Commands over few names, so that each meets what others left; many fail, as in life. */
  private static String command(Random random) {
    String device = List.of("a", "b", "c", "d").get(random.nextInt(4));
    String other = List.of("a", "b", "c", "d").get(random.nextInt(4));
    String bridge = random.nextBoolean() ? "br0" : "br1";
    String space = random.nextBoolean() ? "" : "-n web ";
    String net = "10." + random.nextInt(3) + ".0";
    return switch (random.nextInt(23)) {
      case 0 -> "link add " + device + " type veth peer name " + device + "x";
      case 1 -> "link add " + device + " type veth peer name " + device + "x netns web";
      case 2 -> space + "link del " + device;
      case 3 -> "link add " + bridge + " type bridge";
      case 4 -> "link del " + bridge;
      case 5 -> "link set " + device + " master " + bridge;
      case 6 -> "link set " + device + " nomaster";
      case 7, 8 -> space + "link set " + device + (random.nextBoolean() ? "" : "x") + " up";
      case 9 -> space + "link set " + device + " down";
      case 10 -> "link set " + device + " mtu " + (1300 + random.nextInt(3));
      // Up: of one that is down the kernel tells no new alias (netdev_state_change,
      // net/core/dev.c).
      case 11 -> "link set " + device + " up alias plumbline:veths." + other;
      case 12, 13 -> "addr add " + net + "." + (1 + random.nextInt(3)) + "/24 dev " + device;
      case 14 -> "addr del " + net + "." + (1 + random.nextInt(3)) + "/24 dev " + device;
      case 15 -> "addr add fd0" + random.nextInt(2) + "::1/64 dev " + device;
      case 16 -> "addr flush dev " + device;
      case 17 -> "route add 172.16." + random.nextInt(3) + ".0/24 via " + net + ".9";
      case 18 ->
          "route replace 172.16."
              + random.nextInt(3)
              + ".0/24 nexthop via 10.0.0.9 nexthop via 10.1.0.9";
      case 19 ->
          "route append 172.16." + random.nextInt(3) + ".0/24 dev " + device + " src " + net + ".1";
      case 20 -> "route del 172.16." + random.nextInt(3) + ".0/24";
      case 21 -> "-6 route add fd99:" + random.nextInt(3) + "::/48 dev " + device;
      default -> "rule add from " + net + ".0/24 table " + (100 + random.nextInt(2));
    };
  }

  @Test
  void whatIsFollowedIsWhatIsRead() throws Exception {
    long seed = Long.getLong("plumbline.seed", 1);
    Random random = new Random(seed);
    Sh.run("ip netns add web");
    List<String> all = new ArrayList<>();
    List<Shuffling> shufflings = new ArrayList<>();
    try (Sockets sockets = Sockets.open();
        Sockets shuffled = Sockets.open(where -> shuffling(where, random, shufflings));
        KernelFeatures features = KernelFeatures.open();
        NetNamespace web = NetNamespace.named("web");
        Subscription here = Subscription.open(Touched.groups());
        Subscription there = Subscription.open(web, Touched.groups())) {
      LiveReader followed = new LiveReader(sockets, features);
      LiveState unused = followed.read("host", Set.of(), Set.of());
      LiveReader anew = new LiveReader(shuffled, features);
      int lost = 0;
      long end = System.nanoTime() + LONGEST.toNanos();
      // User-mode Linux starts five processes a second.
      for (int round = 0; round < LEAST || (round < ROUNDS && System.nanoTime() < end); round++) {
        StringBuilder script = new StringBuilder();
        for (int i = random.nextInt(COMMANDS) + 1; i > 0; i--) {
          String command = command(random);
          all.add("ip " + command);
          script.append("ip ").append(command).append(" 2>/dev/null; ");
        }
        Sh.run(script + "true");
        Map<String, Touched> touched = new HashMap<>();
        take(here, "", touched);
        take(there, "web", touched);
        NetlinkView view = (NetlinkView) Objects.requireNonNull(followed.view());
        try {
          view.follow(touched);
        } catch (LostTrackException e) {
          lost++;
          followed.read("host", Set.of(), Set.of());
          view = (NetlinkView) Objects.requireNonNull(followed.view());
        }
        // What the kernel does in its own time, such as the end of duplicate address detection.
        String where = "seed " + seed + ", after " + all;
        Map<ResourceId, Resource> whole = anew.read("host", Set.of(), Set.of()).byId();
        Map<String, Touched> late = new HashMap<>();
        take(here, "", late);
        take(there, "web", late);
        view.follow(late);
        assertEquals(text(whole.values()), text(view.whole().byId().values()), where);
        assertEquals(anew.read("host", Set.of(), Set.of()).indexes(), view.whole().indexes());
      }
      assertTrue(lost < ROUNDS / 4, "lost track " + lost + " times, " + seed);
    } finally {
      shufflings.forEach(Shuffling::close);
      Sh.run("ip netns del web");
    }
  }

  /** What is read anew comes in another order each time, and some of it is interrupted. */
  private static RouteSocket shuffling(NetNamespace where, Random random, List<Shuffling> all)
      throws IOException {
    try {
      Shuffling made = where.run(() -> Shuffling.open(NetlinkSocket.ROUTE, random));
      all.add(made);
      return RouteSockets.over(made.socket());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // open throws nothing else
    }
  }

  private static void take(Subscription events, String name, Map<String, Touched> touched)
      throws IOException {
    while (events.receive(0) instanceof Reception.Messages got) {
      for (Message message : got.messages()) {
        touched.computeIfAbsent(name, key -> new Touched()).take(message);
      }
    }
  }

  private static String text(Iterable<Resource> resources) {
    Set<String> lines = new TreeSet<>();
    for (Resource each : resources) {
      lines.add(each.id() + " " + each.owner() + " " + new TreeMap<>(each.fields()));
    }
    return String.join("\n", lines);
  }
}
