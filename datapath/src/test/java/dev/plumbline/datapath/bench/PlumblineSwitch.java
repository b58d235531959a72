// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** This switch, in a process of its own. */
final class PlumblineSwitch extends Contender {
  private static final Pattern MAP_BYTES = Pattern.compile("memlock (\\d+)B");

  private @Nullable Process process;
  private @Nullable BufferedReader answers;

  PlumblineSwitch(int number, Path directory) {
    super("plumbline", number, directory);
  }

  @Override
  void start() throws Exception {
    inHost("ip link add br0 type veth peer name br0-leg");
    inHost("ip link set br0-leg up");
    launch();
  }

  private void launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            // Not ip netns exec: the pins are in a mount namespace that has to outlive the process.
            List.of(
                "nsenter",
                "--net=/run/netns/" + host(),
                System.getProperty("java.home") + "/bin/java"));
    String options = System.getProperty("bench.jvm", "-XX:+UseSerialGC -XX:-UsePerfData -Xmx64m");
    command.addAll(List.of(options.split("[ ,]", -1)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BenchSwitch.class.getName(), directory.toString()));
    for (String guest : Guests.NAMES) {
      command.add("v" + guest);
    }
    command.add("br0:br0-leg");
    Process started =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process = started;
    answers =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    String ready = answers.readLine();
    if (!"ready".equals(ready)) {
      throw new IOException("the switch did not start: " + ready);
    }
  }

  @Override
  boolean kill() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    return true;
  }

  @Override
  void restart() throws Exception {
    launch();
  }

  @Override
  String remark() throws Exception {
    if (process == null || answers == null) {
      return "";
    }
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    return String.valueOf(answers.readLine());
  }

  @Override
  long memory() throws Exception {
    Matcher bytes =
        MAP_BYTES.matcher(shell("bpftool map show pinned " + directory + "/bpf/*_flows_l2"));
    return bytes.find() ? Long.parseLong(bytes.group(1)) : -1;
  }
}
