// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.ErrnoException;
import java.io.IOException;
import java.util.List;

/**
 * Programs of ours on the devices of one network namespace, at most one on each hook. They stay
 * when the process ends, whatever way it ends: {@link #list} finds them again. Other programs on
 * the same hook are left alone, and run before ours (tcx) or after it (clsact).
 */
public sealed interface Hooks extends AutoCloseable permits TcxHooks, ClsactHooks {
  /**
   * The best way that this kernel has: tcx, else clsact. For the devices of the calling thread's
   * namespace.
   *
   * @param pins where links are pinned
   */
  static Hooks open(BpfFs pins) throws IOException {
    return TcxHooks.supported() ? new TcxHooks(pins) : new ClsactHooks();
  }

  /** {@code tcx} or {@code clsact}. */
  String mechanism();

  /**
   * Puts the program there. If one of ours is there it is replaced at once: no frame meets both or
   * none.
   *
   * @throws IOException with ENODEV if there is no such device
   */
  void attach(Hook hook, BpfProgram program) throws IOException;

  /** Whether a program of ours is there: others may have taken it away. */
  boolean isAttached(Hook hook) throws IOException;

  /**
   * Takes our program away.
   *
   * @return false if none was there, or the device has gone
   */
  boolean detach(Hook hook) throws IOException;

  /** Where our programs are. What was left of devices that have gone is cleaned up. */
  List<Attachment> list() throws IOException;

  @Override
  void close();

  /** A failure of the kernel with the hook in its words. */
  static ErrnoException failure(String what, Hook hook, int errno) {
    return new ErrnoException(what + " " + hook, errno);
  }
}
