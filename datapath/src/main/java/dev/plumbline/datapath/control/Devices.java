// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Veth;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The devices of the switch's namespace, by name, kept up to date by the kernel's events. */
final class Devices implements AutoCloseable {
  private static final int RTM_NEWLINK = 16; // <linux/rtnetlink.h>
  private static final int RTM_DELLINK = 17;

  /**
   * A device.
   *
   * @param peerElsewhere whether it is a veth whose other half is in another namespace
   */
  record Device(
      int ifindex, String name, boolean isUp, boolean hasCarrier, int mtu, boolean peerElsewhere) {
    static Device of(Link link) {
      return new Device(
          link.index(),
          link.name(),
          link.isUp(),
          link.isLowerUp(),
          (int) link.mtu(),
          Veth.KIND.equals(link.kind()) && link.linkNamespaceId() != null);
    }
  }

  private final Subscription events;
  private final RouteSocket socket;
  private final Map<Integer, Device> byIndex = new HashMap<>();
  private final Map<String, Device> byName = new HashMap<>();

  private Devices(Subscription events, RouteSocket socket) {
    this.events = events;
    this.socket = socket;
  }

  /** Of the calling thread's namespace. */
  static Devices open() throws IOException {
    Subscription events = Subscription.open(RouteGroup.LINK);
    RouteSocket socket = null;
    try {
      socket = RouteSocket.open();
      Devices devices = new Devices(events, socket);
      devices.readAll();
      return devices;
    } catch (IOException | RuntimeException e) {
      events.close();
      if (socket != null) {
        socket.close();
      }
      throw e;
    }
  }

  int fd() {
    return events.fd();
  }

  @Nullable Device find(String name) {
    return byName.get(name);
  }

  RouteSocket socket() {
    return socket;
  }

  /**
   * Takes the events that have come; does not wait.
   *
   * @return whether anything that matters here has changed
   */
  boolean poll() throws IOException {
    boolean changed = false;
    while (true) {
      Reception reception = events.receive(0);
      if (reception instanceof Reception.Nothing) {
        return changed;
      }
      if (reception instanceof Reception.Overrun) {
        readAll();
        changed = true;
      } else if (reception instanceof Reception.Messages messages) {
        for (Message message : messages.messages()) {
          changed |= take(message);
        }
      }
    }
  }

  private boolean take(Message message) {
    if (message.type() != RTM_NEWLINK && message.type() != RTM_DELLINK) {
      return false;
    }
    if (message.payload().get(message.payload().position()) != 0) {
      return false; // of another family: a bridge about its port
    }
    Link link = Link.readBody(message.payload());
    Device before = byIndex.get(link.index());
    if (message.type() == RTM_DELLINK) {
      forget(before);
      return before != null;
    }
    Device now = Device.of(link);
    if (now.equals(before)) {
      return false;
    }
    forget(before);
    byIndex.put(now.ifindex(), now);
    byName.put(now.name(), now);
    return true;
  }

  private void forget(@Nullable Device device) {
    if (device != null) {
      byIndex.remove(device.ifindex());
      byName.remove(device.name(), device);
    }
  }

  private void readAll() throws IOException {
    byIndex.clear();
    byName.clear();
    for (Link link : socket.links()) {
      Device device = Device.of(link);
      byIndex.put(device.ifindex(), device);
      byName.put(device.name(), device);
    }
  }

  @Override
  public void close() {
    events.close();
    socket.close();
  }
}
