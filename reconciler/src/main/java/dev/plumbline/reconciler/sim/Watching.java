// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Watches a model kernel carry out plans, until it is closed. One thread, that which applies. */
final class Watching implements Disturbance, ModelKernel.Listener, Witnessed.Sight, AutoCloseable {
  private final ModelKernel kernel;
  private final Disturbance nature;
  private final List<Witnessed> plans = new ArrayList<>();

  /**
   * Watches, and disturbs as something else would.
   *
   * @param nature what happens at every request besides
   */
  Watching(ModelKernel kernel, Disturbance nature) {
    this.kernel = kernel;
    this.nature = nature;
    kernel.listen(this);
  }

  /** The plans, in the order in which they were carried out. */
  List<Witnessed> plans() {
    return plans;
  }

  @Override
  public void begins(ModelKernel asked, Plan plan) {
    nature.begins(asked, plan);
    end();
    plans.add(new Witnessed(plan, kernel.state(), this));
  }

  @Override
  public int before(ModelKernel asked, Change change) {
    last().asks(change);
    return nature.before(asked, change);
  }

  @Override
  public int afterFailure(ModelKernel asked, Change change) {
    last().asks(change);
    return nature.afterFailure(asked, change);
  }

  @Override
  public boolean disturbsReading() {
    return nature.disturbsReading();
  }

  @Override
  public void reading(ModelKernel asked) throws IOException {
    nature.reading(asked);
  }

  @Override
  public void happened(@Nullable Resource before, @Nullable Resource after) {
    if (!plans.isEmpty()) {
      last().happened(before, after);
    }
  }

  @Override
  public @Nullable Resource find(ResourceId id) {
    return kernel.find(id);
  }

  @Override
  public LiveState state() {
    return kernel.state();
  }

  private Witnessed last() {
    return plans.get(plans.size() - 1);
  }

  private void end() {
    if (!plans.isEmpty()) {
      last().ended();
    }
  }

  @Override
  public void close() {
    end();
    kernel.listenNoMore(this);
  }
}
