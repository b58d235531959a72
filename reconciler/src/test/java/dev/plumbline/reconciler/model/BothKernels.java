// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Kernel;
import dev.plumbline.reconciler.host.NetlinkKernel;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A new network namespace of the real kernel, and a model that starts as it is: what is asked of
 * one is asked of the other, by the same plan.
 */
final class BothKernels implements AutoCloseable {
  /** The kernel empties a namespace that was deleted when it finds time to. */
  private static final long EMPTIED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Pattern ERRNO = Pattern.compile("\\b(E[A-Z0-9]{2,}) \\(");
  private static final String OLDER = "the model is compared with Linux 5.18 and later alone";
  private static final String DONE = "done";
  private static final int LAST_ERRNO = 133;

  private final Kernel real;
  private final ModelKernel model;
  private final Set<ResourceId> sysctls = new TreeSet<>();

  /** How long the kernel may take until it is as the model; 0: it has to be at once. */
  private long laterNanos;

  private LiveState realNow;
  private LiveState modelNow;
  private LiveState realBefore;
  private LiveState modelBefore;

  private final long patienceNanos;

  private BothKernels(Kernel real, long patienceNanos) throws IOException {
    this.real = real;
    this.patienceNanos = patienceNanos;
    realNow = real.read(Set.of(), DeviceKinds.names());
    model = new ModelKernel(realNow);
    modelNow = model.read(Set.of(), Set.of());
    realBefore = realNow;
    modelBefore = modelNow;
  }

  /** Something to be done with both; nothing is left of it. */
  interface Body<T> {
    T run(BothKernels both) throws IOException;
  }

  /**
   * Skips the test, and says why, on kernels where an address bears no mark, or that lack what the
   * steps ask for.
   */
  static void assumeCompared(List<Step> steps) throws IOException {
    Capabilities here = with(BothKernels::capabilities);
    Set<String> lacking = new TreeSet<>();
    boolean vlans = false;
    for (Step step : steps) {
      for (Ask ask : step.asks()) {
        lacking.add(ask.fields().getOrDefault("kind", ""));
        vlans |= ask.fields().containsKey("vlanFiltering");
      }
    }
    lacking.retainAll(here.missingKinds());
    String why =
        !here.addressProtocol()
            ? OLDER
            : !lacking.isEmpty()
                ? "this kernel has no " + String.join(", ", lacking)
                : vlans && !here.bridgeVlans() ? "no bridge filters VLANs here" : "";
    if (!why.isEmpty()) {
      System.err.println(why + ": test skipped here");
    }
    Assumptions.assumeTrue(why.isEmpty(), why);
  }

  /** The calling thread is in the new namespace meanwhile. */
  static <T> T with(Body<T> body) throws IOException {
    return with(EMPTIED_NANOS, body);
  }

  private static <T> T with(long patienceNanos, Body<T> body) throws IOException {
    try (NetNamespace home = NetNamespace.scratch()) {
      return home.run(
          () -> {
            try (RouteSocket socket = RouteSocket.open()) {
              socket.execute(Link.change(Link.named("lo").up()));
            }
            try (BothKernels both = new BothKernels(NetlinkKernel.open(), patienceNanos)) {
              return body.run(both);
            } finally {
              for (String name : NetNamespace.list()) {
                NetNamespace.delete(name);
              }
            }
          });
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** What both can do. */
  Capabilities capabilities() {
    return model.state().capabilities();
  }

  /** What the model has. */
  LiveState state() {
    return modelNow;
  }

  /** Asks both, and says in what they differ then; empty for nothing. */
  String take(Step step) throws IOException {
    for (Ask ask : step.asks()) {
      if (ask.id().type() == ResourceType.SYSCTL) {
        sysctls.add(ask.id());
      } else if (ask.id().type() == ResourceType.NAMESPACE && ask.verb().equals("delete")) {
        laterNanos = EMPTIED_NANOS;
      }
    }
    LiveState realThen = step.late() ? realBefore : realNow;
    LiveState modelThen = step.late() ? modelBefore : modelNow;
    Plan plan = step.plan(realThen);
    Plan modelPlan = step.plan(modelThen);
    if (plan.changes().size() != modelPlan.changes().size()) {
      return "a late plan is another"; // both states were the same, so this is a mistake here
    }
    realBefore = realNow;
    modelBefore = modelNow;
    if (plan.isEmpty()) {
      return "";
    }
    String failure = outcome(real.apply(plan, realThen, SwitchAccess.NONE, Progress.silent()));
    String modelled =
        outcome(model.apply(modelPlan, modelThen, SwitchAccess.NONE, Progress.silent()));
    // Those of a device that was renamed have other names now.
    model.state().ofType(ResourceType.SYSCTL).forEach(each -> sysctls.add(each.id()));
    modelNow = model.read(sysctls, Set.of());
    realNow = real.read(sysctls, Set.of());
    String difference = difference(realNow, modelNow);
    long end = System.nanoTime() + Math.min(laterNanos, patienceNanos);
    while (!difference.isEmpty() && System.nanoTime() < end) {
      pause();
      realNow = real.read(sysctls, Set.of());
      difference = difference(realNow, modelNow);
    }
    if (!isSame(failure, modelled)) {
      difference = "kernel: " + failure + "\nmodel:  " + modelled + "\n" + difference;
    }
    return difference;
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String outcome(@Nullable Failure failure) {
    return failure == null ? DONE : failure.toString();
  }

  /** What the applier does not find among its names it does not ask the kernel for. */
  private static boolean isSame(String failure, String modelled) {
    boolean unasked =
        code(failure).equals(failure)
            && (failure.contains(": there is no ") || failure.contains("no network namespace "));
    return unasked ? !modelled.equals(DONE) : code(failure).equals(code(modelled));
  }

  /** The step that failed, and the name of its errno; the words are each one's own. */
  private static String code(String outcome) {
    Matcher named = ERRNO.matcher(outcome);
    if (named.find()) {
      return String.valueOf(named.group(1));
    }
    for (int errno = 1; errno <= LAST_ERRNO; errno++) {
      if (outcome.endsWith(Errno.description(errno))) {
        return Errno.name(errno);
      }
    }
    return outcome.contains("no such key") ? "ENOENT" : outcome;
  }

  private String difference(LiveState kernel, LiveState modelled) {
    StringBuilder text = new StringBuilder();
    LiveState stored = model.state();
    for (Resource each : kernel.resources()) {
      Resource other = modelled.find(each.id());
      if (each.id().type() == ResourceType.SYSCTL && !stored.has(each.id())) {
        continue; // a value that nobody has set is the kernel's own choice
      }
      if (Excuses.isMadeUp(each, kernel)) {
        continue;
      }
      if (other == null) {
        text.append("kernel alone has ").append(Excuses.all(each)).append('\n');
      } else {
        Resource same = capabilities().liveRename() ? each : Excuses.marked(each, other);
        text.append(difference(Excuses.all(same), Excuses.all(other)));
      }
    }
    for (Resource each : modelled.resources()) {
      if (!kernel.has(each.id())) {
        text.append("model alone has ").append(Excuses.all(each)).append('\n');
      }
    }
    return text.toString();
  }

  private static String difference(Resource kernel, Resource modelled) {
    Set<String> names = new TreeSet<>(kernel.fields().keySet());
    names.addAll(modelled.fields().keySet());
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      if (!kernel.get(name).equals(modelled.get(name))) {
        text.append(kernel.id()).append(' ').append(name).append(": kernel '");
        text.append(kernel.get(name)).append("', model '").append(modelled.get(name));
        text.append("'\n");
      }
    }
    if (!String.valueOf(kernel.owner()).equals(String.valueOf(modelled.owner()))) {
      text.append(kernel.id()).append(" owner: kernel ").append(kernel.owner());
      text.append(", model ").append(modelled.owner()).append('\n');
    }
    return text.toString();
  }

  /** Takes the steps until the two differ; says which step it was, and how. */
  static String differ(List<Step> steps) throws IOException {
    return differ(steps, EMPTIED_NANOS);
  }

  /** As {@link #differ(List)}, with less patience for what the kernel does later. */
  static String differ(List<Step> steps, long patienceNanos) throws IOException {
    return with(
        patienceNanos,
        both -> {
          for (Step step : steps) {
            String difference = both.take(step);
            if (!difference.isEmpty()) {
              return "after\n  " + step + "\n" + difference;
            }
          }
          return "";
        });
  }

  @Override
  public void close() {
    model.close();
    real.close();
  }
}
