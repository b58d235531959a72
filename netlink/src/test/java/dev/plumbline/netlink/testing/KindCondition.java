// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.testing;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link RequiresKind} on the test's method and class. */
final class KindCondition implements ExecutionCondition {
  private static final Map<String, Boolean> KNOWN = new ConcurrentHashMap<>();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Set<String> kinds = new LinkedHashSet<>();
    context
        .getElement()
        .flatMap(element -> AnnotationSupport.findAnnotation(element, RequiresKind.class))
        .ifPresent(annotation -> kinds.addAll(Set.of(annotation.value())));
    if (kinds.isEmpty() || Libc.geteuid() != 0) {
      return ConditionEvaluationResult.enabled("no kind is asked for, or nobody may look");
    }
    for (String kind : kinds) {
      if (!KNOWN.computeIfAbsent(kind, KindCondition::exists)) {
        String reason =
            "kernel has no " + kind + " driver: test " + name(context) + " skipped here";
        System.err.println(reason);
        return ConditionEvaluationResult.disabled(reason);
      }
    }
    return ConditionEvaluationResult.enabled("the kernel has " + kinds);
  }

  static String name(ExtensionContext context) {
    String type = context.getRequiredTestClass().getSimpleName();
    return context.getTestMethod().map(method -> type + "." + method.getName()).orElse(type);
  }

  static boolean exists(String kind) {
    try (NetNamespace scratch = NetNamespace.scratch();
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, scratch)) {
      socket.request(Requests.createLink("probe", kind));
      return true;
    } catch (NetlinkException e) {
      // Anything else comes from the driver itself: it wants more settings than a name.
      return e.errno() != Errno.EOPNOTSUPP;
    } catch (IOException e) {
      throw new UncheckedIOException("probe for kind " + kind, e);
    }
  }
}
