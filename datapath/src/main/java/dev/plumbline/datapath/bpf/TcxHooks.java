// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hooks by tcx links (Linux 6.6), each pinned as {@code tcx-INDEX-DIRECTION}. A link whose device
 * has gone stays pinned and knows no device any more.
 */
final class TcxHooks implements Hooks {
  private static final long LEAVING_NANOS = 1_000_000_000;
  private static final Pattern PIN = Pattern.compile("tcx-([0-9]{1,9})-(ingress|egress)");
  private static final int TCX_INGRESS = 46; // enum bpf_attach_type
  private static final int TCX_EGRESS = 47;
  private static final int LINK_TYPE_TCX = 11; // enum bpf_link_type
  private static final int LOOPBACK = 1;
  private static final int ENOLINK = 67;

  private final BpfFs pins;

  TcxHooks(BpfFs pins) {
    this.pins = pins;
  }

  static boolean supported() {
    return query() >= 0;
  }

  /**
   * Asks for the programs on the loopback device, which is in every namespace; older kernels know
   * no such attach type.
   *
   * @return how many there are, or the errno as a negative number
   */
  static int query() {
    BpfCall call = new BpfCall(64).u32(0, LOOPBACK).u32(4, TCX_INGRESS);
    int result = call.call(BpfCall.PROG_QUERY);
    return result < 0 ? result : call.u32(24);
  }

  @Override
  public String mechanism() {
    return "tcx";
  }

  @Override
  public void attach(Hook hook, BpfProgram program) throws IOException {
    int link = openLink(hook);
    if (link >= 0) {
      try {
        if (update(link, hook, program)) {
          return;
        }
        pins.unpin(name(hook)); // of a device that has gone; its index has been given again
      } finally {
        Libc.close(link);
      }
    }
    create(hook, program);
  }

  /** False if the link has lost its device. */
  private static boolean update(int link, Hook hook, BpfProgram program) throws IOException {
    if (read(link, hook.direction()) == null) {
      return false;
    }
    int result = new BpfCall(16).u32(0, link).u32(4, program.fd()).call(BpfCall.LINK_UPDATE);
    if (result < 0 && result != -ENOLINK) {
      throw Hooks.failure("replace the program on", hook, -result);
    }
    return result >= 0;
  }

  private void create(Hook hook, BpfProgram program) throws IOException {
    BpfCall call =
        new BpfCall(64)
            .u32(0, program.fd())
            .u32(4, hook.ifindex())
            .u32(8, hook.direction() == Hook.Direction.INGRESS ? TCX_INGRESS : TCX_EGRESS);
    int link = call.call(BpfCall.LINK_CREATE);
    // A link whose pin has just gone is let go of by a work queue (bpf_link_put), a moment later.
    long end = System.nanoTime() + LEAVING_NANOS;
    while (link == -Errno.EEXIST && System.nanoTime() < end) {
      LockSupport.parkNanos(LEAVING_NANOS / 100);
      link = call.call(BpfCall.LINK_CREATE);
    }
    if (link < 0) {
      throw Hooks.failure("attach " + program.name() + " to", hook, -link);
    }
    try {
      BpfCall.pin(link, pins.pin(name(hook)).toString());
    } finally {
      Libc.close(link); // without a pin it goes
    }
  }

  @Override
  public boolean isAttached(Hook hook) throws IOException {
    int link = openLink(hook);
    if (link < 0) {
      return false;
    }
    try {
      return read(link, hook.direction()) != null;
    } finally {
      Libc.close(link);
    }
  }

  @Override
  public boolean detach(Hook hook) throws IOException {
    int link = openLink(hook);
    if (link < 0) {
      return false;
    }
    try {
      boolean attached = read(link, hook.direction()) != null;
      // Somebody else may have the link open, so closing it may not be enough.
      int result = new BpfCall(4).u32(0, link).call(BpfCall.LINK_DETACH);
      if (result < 0 && result != -ENOLINK) {
        throw Hooks.failure("detach from", hook, -result);
      }
      pins.unpin(name(hook));
      return attached;
    } finally {
      Libc.close(link);
    }
  }

  @Override
  public List<Attachment> list() throws IOException {
    List<Attachment> all = new ArrayList<>();
    for (String name : pins.pins()) {
      Matcher matcher = PIN.matcher(name);
      if (!matcher.matches()) {
        continue;
      }
      Hook.Direction direction =
          matcher.group(2).equals("ingress") ? Hook.Direction.INGRESS : Hook.Direction.EGRESS;
      int link = BpfCall.openPinned(pins.pin(name).toString());
      try {
        Attachment attachment = read(link, direction);
        if (attachment == null) {
          pins.unpin(name);
        } else {
          all.add(attachment);
        }
      } finally {
        Libc.close(link);
      }
    }
    return all;
  }

  /** Where a link is; null if its device has gone. */
  private static @Nullable Attachment read(int link, Hook.Direction direction) throws IOException {
    Memory info = BpfCall.info(link, 64); // struct bpf_link_info
    if (info.buffer().getInt(0) != LINK_TYPE_TCX) {
      throw new IOException("pinned as a tcx link is a link of type " + info.buffer().getInt(0));
    }
    int ifindex = info.buffer().getInt(16);
    return ifindex == 0
        ? null
        : new Attachment(new Hook(ifindex, direction), info.buffer().getInt(8));
  }

  /** A descriptor, or -1 if none is pinned. */
  private int openLink(Hook hook) throws IOException {
    try {
      return BpfCall.openPinned(pins.pin(name(hook)).toString());
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        return -1;
      }
      throw e;
    }
  }

  private static String name(Hook hook) {
    return "tcx-" + hook.ifindex() + "-" + hook.direction().word();
  }

  @Override
  public void close() {} // the links are in their pins
}
