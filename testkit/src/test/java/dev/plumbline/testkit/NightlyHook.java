// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/**
 * Has every property tried with as many cases and the seed that {@code testkit/nightly} asks for,
 * whatever the property says of itself, and prints a line for each: its name, the cases, those that
 * were passed over, the wall time and how it ended. A property that takes long says every minute
 * how far it is. Without {@code plumbline.nightly.seed} it does nothing.
 *
 * <p>Two properties that draw from the same generator get other cases: the seed of each is made of
 * the night's and of its name.
 */
public final class NightlyHook implements AroundPropertyHook, AroundTryHook {
  private static final Long SEED = Long.getLong("plumbline.nightly.seed");
  private static final int CASES = Integer.getInteger("plumbline.nightly.cases", 100_000);
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  // Properties run one after the other, in one thread.
  private static String name = "";
  private static long begun;
  private static long told;
  private static long tries;

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public boolean appliesTo(Optional<AnnotatedElement> element) {
    return SEED != null && element.filter(Method.class::isInstance).isPresent();
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    name = context.containerClass().getSimpleName() + "." + context.targetMethod().getName();
    PropertyAttributes attributes = context.attributes();
    attributes.setTries(CASES);
    attributes.setSeed(Long.toString(SEED + name.hashCode()));
    attributes.setAfterFailure(AfterFailureMode.RANDOM_SEED);
    begun = System.nanoTime();
    told = begun;
    tries = 0;
    PropertyExecutionResult result = property.execute();
    int cases = result.countTries();
    say(cases, ", " + (cases - result.countChecks()) + " passed over", ending(result));
    return result;
  }

  private static String ending(PropertyExecutionResult result) {
    return switch (result.status()) {
      case SUCCESSFUL -> "good";
      case FAILED -> "FAILED";
      case ABORTED -> "ABORTED";
    };
  }

  @Override
  public TryExecutionResult aroundTry(
      TryLifecycleContext context, TryExecutor executor, List<Object> parameters) {
    tries++;
    long now = System.nanoTime();
    if (now - told > MINUTE_NANOS) {
      told = now;
      say(tries, "", "going on");
    }
    return executor.execute(parameters);
  }

  private static void say(long cases, String more, String state) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.println(
        String.format(
            Locale.ROOT,
            "nightly: %s: %,d cases%s, %.1f s: %s",
            name,
            cases,
            more,
            seconds,
            state));
  }
}
