// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.report.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code plumbline --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"plumbline " + Build.version()};
  }
}
