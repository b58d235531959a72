// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.model.RefusedException;
import org.jspecify.annotations.Nullable;

/** Makes the edits of a run. */
public final class Edits {
  private Edits() {}

  /**
   * Something is done by hand. No device of others is set down: that no file names it up is
   * nobody's fault, and what is over it cannot come up.
   *
   * @return the command, if the kernel took it
   */
  public static @Nullable String make(ModelKernel kernel, Event.Edited edited) {
    int what = edited.what() % RandomEdits.SORTS;
    Edit edit = RandomEdits.edit(kernel.state(), what, edited.which());
    if (edit == null
        || (what == RandomEdits.DOWN && !RandomEdits.isOnOurs(kernel.state(), edited.which()))) {
      return null;
    }
    try {
      kernel.edit(edit);
      return edit.command();
    } catch (RefusedException e) {
      return null;
    }
  }
}
