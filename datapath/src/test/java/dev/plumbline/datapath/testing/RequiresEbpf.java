// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import dev.plumbline.datapath.bpf.Probe;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests of what the switch can only do with eBPF; skipped elsewhere, with the reason printed. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresEbpf.Condition.class)
public @interface RequiresEbpf {
  /** Whether the kernel has what the fast path's programs need, and lets us have it. */
  final class Condition implements ExecutionCondition {
    private static final class Obstacle {
      static final String WORDS = Probe.run().obstacle();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Obstacle.WORDS.isEmpty()) {
        return ConditionEvaluationResult.enabled("the kernel has eBPF for us");
      }
      String reason = "no eBPF here: " + Obstacle.WORDS;
      System.err.println(context.getDisplayName() + ": skipped: " + reason);
      return ConditionEvaluationResult.disabled(reason);
    }
  }
}
