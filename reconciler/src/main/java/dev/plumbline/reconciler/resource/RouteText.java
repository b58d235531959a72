// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The text forms of a route.
 *
 * <p>The key is what the kernel tells routes apart by: {@code 10.0.0.0/8 table 254 metric 0}. The
 * next hops are the fields {@code via}, {@code dev} and {@code onlink}, or for more than one the
 * field {@code nextHops}: {@code 10.0.0.1 dev eth0 weight 1, 10.0.1.1 dev eth1 weight 1}.
 */
public final class RouteText {
  private RouteText() {}

  public static String key(String destination, long table, long metric) {
    return destination + " table " + table + " metric " + metric;
  }

  public static String destination(ResourceId route) {
    return route.key().substring(0, route.key().indexOf(' '));
  }

  public static long table(ResourceId route) {
    return number(route, " table ");
  }

  public static long metric(ResourceId route) {
    return number(route, " metric ");
  }

  private static long number(ResourceId route, String word) {
    int start = route.key().indexOf(word) + word.length();
    int end = route.key().indexOf(' ', start);
    return Long.parseLong(route.key().substring(start, end < 0 ? route.key().length() : end));
  }

  /**
   * One of several next hops.
   *
   * @param via the gateway; empty for none
   * @param dev the device; empty where the kernel shall choose
   * @param weight 1 to 256
   */
  public record Hop(String via, String dev, int weight, boolean onlink) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(via);
      if (!dev.isEmpty()) {
        text.append(text.isEmpty() ? "" : " ").append("dev ").append(dev);
      }
      return text.append(" weight ").append(weight).append(onlink ? " onlink" : "").toString();
    }

    /** The same hop through another device. */
    public Hop on(String device) {
      return new Hop(via, device, weight, onlink);
    }

    static Hop parse(String text) {
      String via = "";
      String dev = "";
      int weight = 1;
      boolean onlink = false;
      String[] words = text.trim().split(" ", -1);
      for (int i = 0; i < words.length; i++) {
        switch (words[i]) {
          case "dev" -> dev = words[++i];
          case "weight" -> weight = Integer.parseInt(words[++i]);
          case "onlink" -> onlink = true;
          default -> via = words[i];
        }
      }
      return new Hop(via, dev, weight, onlink);
    }
  }

  public static String hops(List<Hop> hops) {
    return String.join(", ", hops.stream().map(Hop::toString).toList());
  }

  public static List<Hop> hops(Resource route) {
    return hops(route.get("nextHops"));
  }

  /** The hops of the field {@code nextHops}. */
  public static List<Hop> hops(String nextHops) {
    if (nextHops.isEmpty()) {
      return List.of();
    }
    List<Hop> hops = new ArrayList<>();
    for (String hop : nextHops.split(",", -1)) {
      hops.add(Hop.parse(hop));
    }
    return hops;
  }

  /** Every device that the route names. */
  public static List<String> devices(Resource route) {
    String dev = route.get("dev");
    List<Hop> hops = hops(route);
    if (hops.isEmpty()) {
      return dev.isEmpty() ? List.of() : List.of(dev);
    }
    List<String> devices = new ArrayList<>();
    if (!dev.isEmpty()) {
      devices.add(dev);
    }
    for (Hop hop : hops) {
      if (!hop.dev().isEmpty()) {
        devices.add(hop.dev());
      }
    }
    return devices;
  }

  /** Every gateway that has to be on a connected network. */
  public static List<String> gateways(Resource route) {
    List<String> gateways = new ArrayList<>();
    if (!route.get("via").isEmpty() && !route.get("onlink").equals("true")) {
      gateways.add(route.get("via"));
    }
    for (Hop hop : hops(route)) {
      if (!hop.via().isEmpty() && !hop.onlink()) {
        gateways.add(hop.via());
      }
    }
    return gateways;
  }

  /** Whether what it reaches is on the link, so that it can hold gateways of other routes. */
  public static boolean isDirect(Resource route) {
    return route.get("via").isEmpty()
        && !devices(route).isEmpty()
        && hops(route).stream().allMatch(hop -> hop.via().isEmpty());
  }

  /** The scope of an IPv4 route that is given none: what ip(8) takes, for the kernel wants one. */
  public static String usualScope(Resource route) {
    return switch (route.get("type")) {
      case "local" -> "host";
      case "broadcast", "multicast", "anycast" -> "link";
      default -> isDirect(route) ? "link" : "global";
    };
  }

  /** The route as it reads once the next hops over some devices have gone, but not all. */
  public static Resource without(Resource route, Set<String> devices) {
    List<Hop> hops = new ArrayList<>(hops(route));
    boolean fewer = hops.removeIf(hop -> devices.contains(hop.dev()));
    if (!fewer || hops.isEmpty()) {
      return route;
    }
    Hop first = hops.get(0);
    return hops.size() > 1
        ? route.with("nextHops", hops(hops))
        : route.with("nextHops", "").with("via", first.via()).with("dev", first.dev());
  }

  /** The route as it reads once a device has another name. */
  public static Resource renamed(Resource route, String from, String to) {
    Resource result = route;
    if (route.get("dev").equals(from)) {
      result = result.with("dev", to);
    }
    List<Hop> hops = hops(route);
    if (!hops.isEmpty()) {
      List<Hop> renamed = new ArrayList<>();
      for (Hop hop : hops) {
        renamed.add(
            hop.dev().equals(from) ? new Hop(hop.via(), to, hop.weight(), hop.onlink()) : hop);
      }
      result = result.with("nextHops", hops(renamed));
    }
    return result;
  }
}
