// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

/** The process's entry: {@code ./plumbline} starts it. */
public final class Main {
  private Main() {}

  /** Runs one command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(Plumbline.execute(Console.ofProcess(System.getenv()), arguments));
  }
}
