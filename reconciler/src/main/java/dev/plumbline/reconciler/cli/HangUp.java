// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which daemons are told to look again, and which ends a JVM otherwise. {@code
 * sun.misc.Signal} is the JDK's only way to it and warns whoever compiles against it, so it is
 * looked for by name.
 */
final class HangUp {
  private HangUp() {}

  /**
   * Calls the action at each SIGHUP, on a thread of its own. Where the signal is ignored, as by
   * nohup(1), or this JDK has no way to it, all stays as it is.
   */
  static void handle(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      Constructor<?> named = signal.getConstructor(String.class);
      Object unused =
          signal.getMethod("handle", signal, handler).invoke(null, named.newInstance("HUP"), ours);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw new IllegalStateException("cannot handle SIGHUP", e);
      }
      // -Xrs: the JVM was told to leave signals alone.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
    }
  }
}
