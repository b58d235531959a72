// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.traffic.BpfFilter;
import dev.plumbline.netlink.traffic.Clsact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Hooks by filters on the clsact qdisc, which hold their programs themselves. Ours is known by its
 * place and by its name, {@code plumbline:PROGRAM}. The qdisc goes with the last filter on it.
 */
final class ClsactHooks implements Hooks {
  private static final String NAME = "plumbline:";

  /** First, as nothing of a switch's port is for others. */
  private static final int PRIORITY = 1;

  private static final int HANDLE = 0x706c;

  private final NetlinkSocket socket;

  ClsactHooks() throws IOException {
    this.socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
  }

  @Override
  public String mechanism() {
    return Clsact.KIND;
  }

  @Override
  public void attach(Hook hook, BpfProgram program) throws IOException {
    try {
      request(Clsact.add(hook.ifindex()));
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    request(filter(hook, NAME + program.name()).put(program.fd()));
  }

  /** What is refused is said as by the other kind of hooks, which asks by another system call. */
  private void request(Request request) throws IOException {
    try {
      socket.request(request);
    } catch (NetlinkException e) {
      throw (IOException)
          new ErrnoException(String.valueOf(e.getMessage()), e.errno()).initCause(e);
    }
  }

  @Override
  public boolean isAttached(Hook hook) throws IOException {
    return filters(hook.ifindex(), hook.direction()).stream().anyMatch(ClsactHooks::isOurs);
  }

  @Override
  public boolean detach(Hook hook) throws IOException {
    boolean found = false;
    for (BpfFilter filter : filters(hook.ifindex(), hook.direction())) {
      if (isOurs(filter)) {
        request(filter.delete());
        found = true;
      }
    }
    if (found
        && filters(hook.ifindex(), Hook.Direction.INGRESS).isEmpty()
        && filters(hook.ifindex(), Hook.Direction.EGRESS).isEmpty()) {
      request(Clsact.delete(hook.ifindex()));
    }
    return found;
  }

  @Override
  public List<Attachment> list() throws IOException {
    List<Attachment> all = new ArrayList<>();
    for (int ifindex : Clsact.devices(socket)) {
      for (Hook.Direction direction : Hook.Direction.values()) {
        for (BpfFilter filter : filters(ifindex, direction)) {
          if (isOurs(filter)) {
            all.add(new Attachment(new Hook(ifindex, direction), filter.programId()));
          }
        }
      }
    }
    return all;
  }

  private List<BpfFilter> filters(int ifindex, Hook.Direction direction) throws IOException {
    return BpfFilter.list(socket, ifindex, parent(direction));
  }

  private static boolean isOurs(BpfFilter filter) {
    return filter.priority() == PRIORITY
        && filter.handle() == HANDLE
        && filter.name().startsWith(NAME);
  }

  private static BpfFilter filter(Hook hook, String name) {
    return new BpfFilter(hook.ifindex(), parent(hook.direction()), PRIORITY, HANDLE, name, 0);
  }

  private static int parent(Hook.Direction direction) {
    return direction == Hook.Direction.INGRESS ? Clsact.INGRESS : Clsact.EGRESS;
  }

  @Override
  public void close() {
    socket.close();
  }
}
