// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import java.io.IOException;
import java.util.concurrent.Callable;

/** The way into network namespaces. */
@FunctionalInterface
public interface Places {

  /**
   * Calls with the calling thread in a namespace.
   *
   * @param namespace "" for the host's own
   * @throws IOException the call's own, or if there is no such namespace
   */
  <T> T runIn(String namespace, Callable<T> call) throws IOException;
}
