// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

/** The exit codes of every verb; Terraform's convention. */
final class ExitCode {
  /** Done, or nothing to do. */
  static final int DONE = 0;

  /** An error, a wrong command line included. */
  static final int ERROR = 1;

  /** With {@code --detailed-exitcode} only: no error, and there are changes. */
  static final int CHANGES = 2;

  private ExitCode() {}
}
