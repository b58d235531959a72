// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.demo.Demo;
import dev.plumbline.reconciler.demo.DemoException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code plumbline demo}: commit to deploy on two hosts in throwaway namespaces. */
@Command(
    name = "demo",
    description = {
      "Show commit to deploy on two hosts in throwaway namespaces, with real agents and packets.",
      "Touches nothing of this machine's own network; cleans up; exit code 0 if all was as expected.",
      "Needs root, and ip and ping, which are installed on Debian if they are missing."
    })
final class DemoVerb implements Callable<Integer> {
  private final Console console;

  DemoVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    try {
      boolean good =
          Demo.run(
              line -> {
                console.out().println(line);
                console.out().flush();
              },
              console.coloursOut());
      return good ? ExitCode.DONE : ExitCode.ERROR;
    } catch (DemoException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("the demo was interrupted", e);
    }
  }
}
