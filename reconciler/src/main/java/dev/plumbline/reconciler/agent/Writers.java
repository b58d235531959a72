// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses who else sets what the agent sets. The kernel tells of no change who made it; what can be
 * known is who looks after networks here: daemons that say themselves which links they manage, the
 * protocol number of a route, daemons known for it that run in the same network namespace, and last
 * whoever has a socket of rtnetlink open.
 */
final class Writers {
  /** What a process is called (comm, at most 15 bytes) that changes what it was not asked to. */
  private static final Set<String> DAEMONS =
      Set.of(
          "NetworkManager",
          "systemd-network",
          "connmand",
          "wickedd",
          "wickedd-nanny",
          "ifplugd",
          "dockerd",
          "containerd",
          "podman",
          "libvirtd",
          "virtnetworkd",
          "lxd",
          "incusd",
          "keepalived",
          "bird",
          "bird6",
          "zebra",
          "gobgpd",
          "ovs-vswitchd",
          "teamd",
          "cilium-agent",
          "calico-node",
          "flanneld",
          "kube-proxy",
          "wpa_supplicant",
          "openvpn",
          "charon",
          "cloud-init");

  /** These name the link on their command line, if they do not look after all. */
  private static final Set<String> CLIENTS =
      Set.of("dhclient", "dhcpcd", "udhcpc", "dhcp6c", "pump", "pppd");

  /** Protocols of routes that no daemon's own is: the administrator's, and plumbline's. */
  private static final Set<String> PLAIN =
      Set.of("", "unspec", "kernel", "boot", "static", "plumbline");

  private static final int NAMED = 3;
  private static final int NETLINK_ROUTE = 0;

  private final Path root;

  /**
   * @param root below which {@code proc} and {@code run} are: {@code /}
   */
  Writers(Path root) {
    this.root = root;
  }

  /**
   * Who may be at it.
   *
   * @param index of the device that it is about; null for none
   * @return {@code NetworkManager (process 812) or dhclient (process 901)}; empty where nobody is
   *     known
   */
  String of(Change change, @Nullable Integer index) {
    Set<String> suspects = new LinkedHashSet<>();
    Resource live = change.before();
    if (live != null && live.id().type() == ResourceType.ROUTE) {
      String protocol = live.get("protocol");
      if (!PLAIN.contains(protocol)) {
        suspects.add("the daemon whose routes have the protocol " + protocol);
      }
    }
    if (change.id().namespace().isEmpty() && index != null) {
      managers(index, suspects);
    }
    processes(device(change), suspects);
    return String.join(" or ", suspects.stream().limit(NAMED).toList());
  }

  private static String device(Change change) {
    if (!change.id().device().isEmpty()) {
      return change.id().device();
    }
    Resource there = change.before() == null ? change.after() : change.before();
    List<String> devices =
        there != null && there.id().type() == ResourceType.ROUTE
            ? RouteText.devices(there)
            : List.of();
    return devices.isEmpty() ? "" : devices.get(0);
  }

  /** Daemons that say of a link that they manage it. */
  private void managers(int index, Set<String> suspects) {
    String networkd = read(root.resolve("run/systemd/netif/links/" + index));
    if (networkd.contains("ADMIN_STATE=configur") || networkd.contains("NETWORK_FILE=/")) {
      suspects.add("systemd-networkd, which manages the link");
    }
    String manager = read(root.resolve("run/NetworkManager/devices/" + index));
    if (manager.contains("managed=true") || manager.contains("managed=full")) {
      suspects.add("NetworkManager, which manages the link");
    }
  }

  private void processes(String device, Set<String> suspects) {
    Path proc = root.resolve("proc");
    String here = link(proc.resolve("thread-self/ns/net"));
    Set<String> sockets = sockets(proc);
    List<String> others = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        String number = String.valueOf(process.getFileName());
        boolean self = number.equals(String.valueOf(ProcessHandle.current().pid()));
        if (self || !link(process.resolve("ns/net")).equals(here)) {
          continue;
        }
        String name = read(process.resolve("comm")).strip();
        String told = name + " (process " + number + ")";
        List<String> words = List.of(read(process.resolve("cmdline")).split("\0", -1));
        if (CLIENTS.contains(name)) {
          boolean ofAnother = !words.contains(device) && words.stream().anyMatch(this::isLink);
          if (!ofAnother) {
            suspects.add(told);
          }
        } else if (DAEMONS.contains(name)) {
          suspects.add(told);
        } else if (sockets.contains(number)) {
          others.add(told);
        }
      }
    } catch (IOException e) {
      // Without /proc nobody is known.
      return;
    }
    if (suspects.isEmpty()) {
      suspects.addAll(others);
    }
  }

  private boolean isLink(String word) {
    return !word.isEmpty()
        && !word.contains("/")
        && Files.exists(root.resolve("sys/class/net").resolve(word));
  }

  /** Processes with a socket of rtnetlink in this namespace: the kernel gives the first its pid. */
  private static Set<String> sockets(Path proc) {
    Set<String> numbers = new LinkedHashSet<>();
    for (String line : read(proc.resolve("thread-self/net/netlink")).split("\n", -1)) {
      String[] words = line.trim().split("\\s+", -1);
      if (words.length > 2 && words[1].equals(String.valueOf(NETLINK_ROUTE))) {
        numbers.add(words[2]);
      }
    }
    return numbers;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // not there, or gone meanwhile
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
