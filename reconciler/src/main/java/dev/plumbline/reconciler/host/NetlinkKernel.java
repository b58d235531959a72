// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.reconciler.apply.Applier;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.check.Checking;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveReader;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LiveView;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The kernel that this process runs on. Used by one thread at a time. */
public final class NetlinkKernel implements Kernel {
  private final Sockets sockets;
  private final KernelFeatures features;
  private final LiveReader reader;

  private NetlinkKernel(Sockets sockets, KernelFeatures features) {
    this.sockets = sockets;
    this.features = features;
    this.reader = new LiveReader(sockets, features);
  }

  /**
   * Opens the kernel, with the network namespace of the calling thread as the host's own.
   *
   * @throws IOException if it can not be spoken to
   */
  public static NetlinkKernel open() throws IOException {
    Sockets sockets = Sockets.open();
    try {
      return new NetlinkKernel(sockets, KernelFeatures.open());
    } catch (IOException | RuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  @Override
  public LiveState read(Set<ResourceId> sysctls, Set<String> kinds) throws IOException {
    return reader.read(Host.name(), sysctls, kinds);
  }

  @Override
  public @Nullable LiveView view() {
    return reader.view();
  }

  @Override
  public void forget() {
    reader.forget();
  }

  @Override
  public @Nullable Failure apply(
      Plan plan, LiveState live, SwitchAccess embedded, Progress progress) throws IOException {
    return new Applier(sockets, embedded, progress).apply(plan, live);
  }

  @Override
  public List<Unheld> check(List<PlannedCheck> checks, boolean all, BooleanSupplier goesOn)
      throws IOException {
    return Checking.run(checks, sockets::runIn, all, goesOn);
  }

  @Override
  public KernelWatch watch(BiConsumer<String, String> lost) throws IOException {
    return new NetlinkWatch(lost);
  }

  @Override
  public void close() {
    features.close();
    sockets.close();
  }
}
