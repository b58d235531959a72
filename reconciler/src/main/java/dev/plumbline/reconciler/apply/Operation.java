// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.reconciler.plan.Change;
import java.io.IOException;

/** One thing that is asked of the kernel. */
sealed interface Operation {

  /**
   * A netlink request.
   *
   * @param removes whether it only takes something away, so that finding it gone is success
   * @param makes the index of the device that it makes and that is to be marked; 0: none
   * @param marks the index of such a device, which it marks; 0: none
   */
  record Netlink(String namespace, Request request, boolean removes, int makes, int marks)
      implements Operation {

    /** One that neither makes nor marks a device. */
    Netlink(String namespace, Request request, boolean removes) {
      this(namespace, request, removes, 0, 0);
    }
  }

  /**
   * A change of the embedded switch; neighbouring ones are made at once.
   *
   * @param change of a bridge or a port
   */
  record Switching(Change change) implements Operation {}

  /** Anything that is no netlink request; it sees the effect of all operations before it. */
  record Call(String description, Body body) implements Operation {
    /** What is called. */
    interface Body {
      void run() throws IOException;
    }
  }
}
