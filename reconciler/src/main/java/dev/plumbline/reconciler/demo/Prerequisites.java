// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import dev.plumbline.netlink.libc.Libc;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo needs beside Java: it is named, and on Debian installed. */
final class Prerequisites {
  /** Commands and the Debian packages that bring them. */
  private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("unshare", "util-linux");
    COMMANDS.put("nsenter", "util-linux");
    COMMANDS.put("ip", "iproute2");
    COMMANDS.put("ping", "iputils-ping");
  }

  private Prerequisites() {}

  /** Checks everything before anything is made. */
  static void check(Story story) throws DemoException, IOException, InterruptedException {
    if (Libc.geteuid() != 0) {
      throw new DemoException(
          "the demo makes network namespaces, which needs root: sudo ./plumbline demo");
    }
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      install(story, missing);
    }
    // Changes nothing: the namespaces go when the command ends.
    Shell.Result tried =
        Shell.run(List.of("unshare", "--net", "--mount", "--pid", "--uts", "--fork", "true"));
    if (!tried.ok()) {
      throw new DemoException(
          "this system does not let root make namespaces ("
              + tried.output().strip()
              + "); in a container, give it the capability SYS_ADMIN (docker run --privileged)");
    }
  }

  private static List<String> missing() {
    List<String> missing = new ArrayList<>();
    COMMANDS.forEach(
        (command, bringer) -> {
          if (!exists(command) && !missing.contains(bringer)) {
            missing.add(bringer);
          }
        });
    return missing;
  }

  private static boolean exists(String command) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
    for (String directory : path.split(":", -1)) {
      if (!directory.isEmpty() && new File(directory, command).canExecute()) {
        return true;
      }
    }
    return false;
  }

  private static void install(Story story, List<String> packages)
      throws DemoException, IOException, InterruptedException {
    String wanted = String.join(" ", packages);
    if (!exists("apt-get")) {
      throw new DemoException("the demo needs " + wanted + " (Debian's names): install them first");
    }
    List<String> command = new ArrayList<>(List.of("apt-get", "-qq", "-y"));
    command.addAll(List.of("--no-install-recommends", "install"));
    command.addAll(packages);
    story.command("", String.join(" ", command));
    Shell.Result installed = Shell.run(command);
    if (!installed.ok()) {
      Shell.run(List.of("apt-get", "-qq", "update"));
      installed = Shell.run(command);
    }
    if (!installed.ok()) {
      throw new DemoException(
          "the demo needs " + wanted + ", and it cannot be installed: " + installed.output());
    }
  }
}
