// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** This switch, in a process of its own. */
final class PlumblineSwitch extends Contender {
  private static final Pattern MAP_BYTES = Pattern.compile("memlock (\\d+)B");
  private static final String TABLES = "dev/plumbline/datapath/fastpath/EbpfTables.class";

  /** The constant that names the layout, wherever the compiler has put it. */
  private static final Pattern LAYOUT = Pattern.compile("v[0-9]_");

  private @Nullable BenchProcess process;
  private boolean next;

  PlumblineSwitch(int number, Path directory) {
    super("plumbline", number, directory);
  }

  @Override
  void start() throws Exception {
    inHost("ip link add br0 type veth peer name br0-leg");
    inHost("ip link set br0-leg up");
    restart();
  }

  @Override
  boolean kill() throws Exception {
    if (process != null) {
      process.kill();
    }
    return true;
  }

  @Override
  void restart() throws Exception {
    List<String> ports = new ArrayList<>();
    for (String guest : Guests.NAMES) {
      ports.add("v" + guest);
    }
    ports.add("br0:br0-leg");
    String classes = System.getProperty("java.class.path");
    if (next) {
      classes = nextVersion() + File.pathSeparator + classes;
    }
    process = BenchProcess.start(host(), classes, directory, ports);
  }

  @Override
  boolean flows(Path file, boolean first) throws Exception {
    if (process != null) {
      process.flows(file);
    }
    return true;
  }

  @Override
  boolean hasUpgrade() {
    return true;
  }

  @Override
  void upgrade() throws Exception {
    boolean unused = kill();
    next = !next;
    restart();
  }

  /**
   * A directory with the class that is different in a version whose tables are laid out anew: their
   * names in the run directory are others, so that it takes over none.
   */
  private Path nextVersion() throws IOException {
    Path file = directory.resolve("next").resolve(TABLES);
    Files.createDirectories(file.getParent());
    try (InputStream stream = getClass().getResourceAsStream("/" + TABLES)) {
      if (stream == null) {
        throw new IOException("no " + TABLES);
      }
      String text = new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
      Matcher layout = LAYOUT.matcher(text);
      if (!layout.find()) {
        throw new IOException(TABLES + " names no layout");
      }
      String changed = layout.replaceAll("v0_"); // as long: the class file's lengths stay right
      Files.write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
    }
    return directory.resolve("next");
  }

  @Override
  Overlay newOverlay(String tunnel) throws Exception {
    return Overlay.open(
        tunnel + "-" + name,
        (host, remote) -> {
          Path of = Files.createDirectories(directory.resolve(host));
          String port = tunnel + "=" + remote;
          BenchProcess unused =
              BenchProcess.start(
                  host, System.getProperty("java.class.path"), of, List.of("v", port));
        });
  }

  @Override
  String remark() throws Exception {
    return process == null ? "" : process.status();
  }

  @Override
  long memory() throws Exception {
    Matcher bytes =
        MAP_BYTES.matcher(shell("bpftool map show pinned " + directory + "/bpf/*_flows_l2"));
    return bytes.find() ? Long.parseLong(bytes.group(1)) : -1;
  }
}
