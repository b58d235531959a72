// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkBuilder;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.Reception;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What devices the switch's own network namespace has. It is read once, and kept true by the
 * kernel's events from then on; where events were lost, it is read again. The caller waits on
 * {@link #fd} and then calls {@link #poll}.
 *
 * <p>Events that were sent before a reading are older than it. They are applied all the same: those
 * that follow them lead to what was read, as the kernel sends them in order.
 */
public final class DeviceWatch implements AutoCloseable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;

  private final Subscription subscription;
  private final RouteSocket socket;
  private final Map<String, Device> byName = new HashMap<>();
  private final Map<Integer, Device> byIndex = new HashMap<>();
  private final Map<String, @Nullable Device> touched = new LinkedHashMap<>();
  private boolean toBeRead = true;
  private long readings;

  private DeviceWatch(Subscription subscription, RouteSocket socket) {
    this.subscription = subscription;
    this.socket = socket;
  }

  /** Watches the devices of the calling thread's namespace; the first poll tells all of them. */
  public static DeviceWatch open() throws IOException {
    Subscription subscription = Subscription.open(RouteGroup.LINK);
    boolean done = false;
    try {
      DeviceWatch watch = new DeviceWatch(subscription, RouteSocket.open());
      done = true;
      return watch;
    } finally {
      if (!done) {
        subscription.close();
      }
    }
  }

  /** To wait for events with poll(2); {@link #poll} is due when it is readable. */
  public int fd() {
    return subscription.fd();
  }

  /** A smaller or larger buffer for events, as {@link Subscription#receiveBufferBytes}. */
  void receiveBufferBytes(int bytes) throws IOException {
    subscription.receiveBufferBytes(bytes);
  }

  /**
   * Takes in what has happened; does not wait.
   *
   * @return what has changed since the last call, one change for a name, in the order in which they
   *     were first touched
   */
  public List<DeviceChange> poll() throws IOException {
    touched.clear();
    if (toBeRead) {
      readAll();
    }
    while (true) {
      Reception reception = subscription.receive(0);
      if (reception instanceof Reception.Messages some) {
        some.messages().forEach(this::take);
      } else if (reception instanceof Reception.Overrun) {
        toBeRead = true; // the events that are still there come first: they are older
      } else if (toBeRead) {
        readAll();
      } else {
        return changes();
      }
    }
  }

  private void readAll() throws IOException {
    List<Link> links = socket.links(); // if this fails, toBeRead stays
    toBeRead = false;
    readings++;
    new ArrayList<>(byIndex.values()).forEach(this::remove);
    links.forEach(link -> put(Device.of(link)));
  }

  private void take(Message message) {
    // The bridge driver tells of its ports with the same message type in another family: of them
    // leaving, too, which is not the end of the device.
    boolean ofAnyFamily = message.payload().get(0) == 0;
    if (!ofAnyFamily) {
      return;
    }
    if (message.type() == RTM_NEWLINK) {
      put(Device.of(Link.readBody(message.payload())));
    } else if (message.type() == RTM_DELLINK) {
      Device gone = byIndex.get(Link.readBody(message.payload()).index());
      if (gone != null) {
        remove(gone);
      }
    }
  }

  private void put(Device device) {
    Device same = byIndex.get(device.ifindex());
    if (same != null) {
      remove(same);
    }
    // Two renames can cross: whoever is said to have the name last has it.
    Device other = byName.get(device.name());
    if (other != null) {
      remove(other);
    }
    touch(device.name());
    byIndex.put(device.ifindex(), device);
    byName.put(device.name(), device);
  }

  private void remove(Device device) {
    touch(device.name());
    byIndex.remove(device.ifindex());
    byName.remove(device.name());
  }

  private void touch(String name) {
    if (!touched.containsKey(name)) {
      touched.put(name, byName.get(name));
    }
  }

  private List<DeviceChange> changes() {
    List<DeviceChange> changes = new ArrayList<>();
    touched.forEach(
        (name, before) -> {
          Device now = byName.get(name);
          boolean same = before == null ? now == null : before.equals(now);
          if (!same) {
            changes.add(new DeviceChange(name, before, now));
          }
        });
    return changes;
  }

  /** The device of a name as of the last {@link #poll}, or null. */
  public @Nullable Device device(String name) {
    return byName.get(name);
  }

  /** The device of an index as of the last {@link #poll}, or null. */
  public @Nullable Device device(int ifindex) {
    return byIndex.get(ifindex);
  }

  /** All devices as of the last {@link #poll}. */
  public Collection<Device> devices() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** How often all devices were read: once, and once more for each time that events were lost. */
  public long readings() {
    return readings;
  }

  /**
   * Makes a device take all frames, and sets it up.
   *
   * <p>As a setting of the device, and not by a packet socket's membership, which would end with
   * this process and with it the established flows of a switch that works on without it.
   *
   * @return what it was before, to be undone by {@link #release}; keep it over restarts
   * @throws NetlinkException ENODEV if it is gone
   */
  public DeviceClaim claim(Device device) throws IOException {
    socket.execute(
        Link.change(Link.at(device.ifindex()).flag(Link.PROMISC, true).flag(Link.UP, true)));
    // Whoever undoes this before its event is read changes something all the same.
    put(device.claimed());
    return new DeviceClaim(device.ifindex(), device.isUp(), device.isPromiscuous());
  }

  /** Makes a device what it was before {@link #claim}; nothing happens if it is gone. */
  public void release(DeviceClaim claim) throws IOException {
    LinkBuilder link = Link.at(claim.ifindex());
    if (!claim.wasPromiscuous()) {
      link.flag(Link.PROMISC, false);
    }
    if (!claim.wasUp()) {
      link.flag(Link.UP, false);
    }
    try {
      socket.execute(Link.change(link));
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    subscription.close();
    socket.close();
  }
}
