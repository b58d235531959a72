// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import dev.plumbline.netlink.event.RouteGroup;
import dev.plumbline.netlink.event.Subscription;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.Reception;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures a repair without asking the agent: listens to the kernel's own messages in the lab
 * host's namespace, from the one that tells of the damage to the one that tells that it is undone.
 */
final class RepairClock implements AutoCloseable {
  /** include/uapi/linux/rtnetlink.h. */
  private static final int RTM_NEWLINK = 16;

  private static final int RTM_DELLINK = 17;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int LISTEN_MILLIS = 20;

  /** What is watched for. */
  sealed interface Damage {
    /** Whether the message tells of it. */
    boolean begins(Message message);

    /** Whether all is well after this message and those before it. */
    boolean ends(Message message);
  }

  /** An IPv4 address that is deleted. */
  record AddressGone(String address) implements Damage {
    @Override
    public boolean begins(Message message) {
      return is(message, RTM_DELADDR);
    }

    @Override
    public boolean ends(Message message) {
      return is(message, RTM_NEWADDR);
    }

    private boolean is(Message message, int type) {
      return message.type() == type
          && Address.readBody(message.payload()).local().getHostAddress().equals(address);
    }
  }

  /** A device that is deleted, and the ports that must be in a bridge before all is well again. */
  record PortsGone(String device, boolean deleted, Set<String> ports) implements Damage {
    PortsGone(String device, boolean deleted, Set<String> ports) {
      this.device = device;
      this.deleted = deleted;
      this.ports = new HashSet<>(ports);
    }

    @Override
    public boolean begins(Message message) {
      Link link = link(message, deleted ? RTM_DELLINK : RTM_NEWLINK);
      return link != null && link.name().equals(device) && (deleted || link.master() == 0);
    }

    @Override
    public boolean ends(Message message) {
      Link link = link(message, RTM_NEWLINK);
      if (link != null && link.master() != 0 && link.isUp()) {
        ports.remove(link.name());
      }
      return ports.isEmpty();
    }

    /** The bridge sends messages of its own family about its ports; those are left out. */
    private static @Nullable Link link(Message message, int type) {
      return message.type() == type && message.payload().get(0) == 0
          ? Link.readBody(message.payload())
          : null;
    }
  }

  /** A message, and when it came. */
  private record Heard(long nanos, Message message) {}

  private final Subscription subscription;
  private final Damage damage;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  private RepairClock(Subscription subscription, Damage damage) {
    this.subscription = subscription;
    this.damage = damage;
    this.thread = new Thread(this::listen, "repair-clock");
    thread.setDaemon(true);
  }

  /** Listens in the network namespace of a process from now on. */
  static RepairClock start(long pid, Damage damage) throws IOException {
    try (NetNamespace namespace = NetNamespace.ofPid(pid)) {
      RepairClock clock =
          new RepairClock(
              Subscription.open(namespace, RouteGroup.LINK, RouteGroup.IPV4_ADDRESS), damage);
      clock.thread.start();
      return clock;
    }
  }

  /**
   * Notes the time and nothing else: to look into the first messages takes longer than a repair.
   */
  private void listen() {
    try {
      while (!closed) {
        if (subscription.receive(LISTEN_MILLIS) instanceof Reception.Messages received) {
          long now = System.nanoTime();
          received.messages().forEach(message -> heard.add(new Heard(now, message)));
        }
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Nanoseconds from the damage to the repair; -1 if it was not seen in time. */
  long await(int seconds) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    boolean began = false;
    long start = 0;
    while (true) {
      Heard next = heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      IOException broken = failure;
      if (broken != null) {
        throw broken;
      }
      if (next == null) {
        return -1;
      }
      if (!began && damage.begins(next.message)) {
        began = true;
        start = next.nanos;
      } else if (began && damage.ends(next.message)) {
        return next.nanos - start;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    subscription.close();
  }
}
