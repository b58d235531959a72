// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.socket.Message;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What events of one namespace have to do with, gathered until somebody looks. Of links, addresses,
 * rules and VLANs it is noted that they have to be read again; routes are told by the events
 * themselves, in their order, for there may be many. For one thread.
 */
public final class Touched {
  /** RTM_* (linux/rtnetlink.h). */
  private static final int NEWLINK = 16;

  private static final int DELLINK = 17;
  private static final int NEWADDR = 20;
  private static final int DELADDR = 21;
  static final int NEWROUTE = 24;
  static final int DELROUTE = 25;
  private static final int NEWRULE = 32;
  private static final int DELRULE = 33;
  private static final int NEWNETCONF = 80;
  private static final int DELNETCONF = 82;
  private static final int NEWVLAN = 112;
  private static final int DELVLAN = 113;

  private static final int AF_UNSPEC = 0;
  private static final int AF_INET = 2;
  private static final int IFF_UP = 1;

  /** Where {@code ifinfomsg} and {@code ifaddrmsg} have the index, and the first its flags. */
  private static final int INDEX_AT = 4;

  private static final int FLAGS_AT = 8;

  /** Neighbours are not among them: they come and go with traffic, and no file names them. */
  private static final RouteGroup[] GROUPS = {
    RouteGroup.LINK,
    RouteGroup.IPV4_ADDRESS,
    RouteGroup.IPV4_ROUTE,
    RouteGroup.IPV4_RULE,
    RouteGroup.IPV6_ADDRESS,
    RouteGroup.IPV6_ROUTE,
    RouteGroup.IPV6_RULE,
    RouteGroup.BRIDGE_VLAN,
    RouteGroup.IPV4_SETTINGS,
    RouteGroup.IPV6_SETTINGS
  };

  final Set<Integer> links = new LinkedHashSet<>();

  /** Links that were down at some moment, with which the kernel drops routes without a word. */
  final Set<Integer> downs = new LinkedHashSet<>();

  final Set<Integer> addresses = new LinkedHashSet<>();

  /** IPv4 addresses that were taken off a link at some moment, by its index. */
  final Map<Integer, Set<InetAddress>> gone = new HashMap<>();

  final List<Message> routes = new ArrayList<>();
  boolean rules;
  boolean vlans;
  private int count;

  /** Where the events come from that it takes. */
  public static RouteGroup[] groups() {
    return GROUPS.clone();
  }

  /** Takes one event. */
  public void take(Message message) {
    count++;
    ByteBuffer payload = message.payload();
    switch (message.type()) {
      case NEWLINK, DELLINK -> {
        int index = payload.getInt(INDEX_AT);
        links.add(index);
        boolean device = payload.get(0) == AF_UNSPEC;
        vlans |= !device;
        if (device && (payload.getInt(FLAGS_AT) & IFF_UP) == 0) {
          downs.add(index);
        }
      }
      case NEWADDR, DELADDR -> {
        int index = payload.getInt(INDEX_AT);
        addresses.add(index);
        if (message.type() == DELADDR) {
          gone(index, Address.readBody(payload));
        }
      }
      case NEWROUTE, DELROUTE -> routes.add(message);
      case NEWRULE, DELRULE -> rules = true;
      case NEWVLAN, DELVLAN -> vlans = true;
      case NEWNETCONF, DELNETCONF -> {
        // The sysctls are read with whatever was touched.
      }
      default -> count--;
    }
  }

  private void gone(int index, Address address) {
    if (address.family() == AF_INET) {
      gone.computeIfAbsent(index, key -> new LinkedHashSet<>()).add(address.local());
    }
  }

  /** Has a link and its addresses read again though no event came. */
  public void suspect(int index) {
    links.add(index);
    addresses.add(index);
    count++;
  }

  /** Has the rules read again. */
  public void suspectRules() {
    rules = true;
    count++;
  }

  /** Has the sysctls of the namespace read again, as every event of it does. */
  public void suspectSysctls() {
    count++;
  }

  /** How many events there were. */
  public int count() {
    return count;
  }
}
