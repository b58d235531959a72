// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests of what the switch can only do with eBPF; skipped elsewhere, with the reason printed. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresEbpf.Condition.class)
public @interface RequiresEbpf {
  /** Whether the kernel has what the fast path's programs need. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Files.exists(Path.of("/sys/kernel/btf/vmlinux"))) {
        return ConditionEvaluationResult.enabled("the kernel has BTF");
      }
      String reason = "kernel has no BTF for the fast path's programs: skipped here";
      System.err.println(context.getDisplayName() + ": " + reason);
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
