// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Open vSwitch's userspace datapath, with a database and sockets in a directory of its own. */
final class OpenVswitch extends Contender {
  /** How its ports are driven. */
  enum Mode {
    /** AF_PACKET, no offloads. */
    PLAIN,
    /** AF_PACKET with segments and checksums left to others. */
    TSO,
    /** AF_XDP; no offloads. */
    XDP
  }

  private final Mode mode;

  OpenVswitch(String name, Mode mode, int number, Path directory) {
    super(name, number, directory);
    this.mode = mode;
  }

  @Override
  void start() throws Exception {
    Files.createDirectories(directory);
    if (mode != Mode.TSO) {
      for (String guest : Guests.NAMES) {
        shell("ip netns exec " + guest + " ethtool -K " + name + " tx off tso off gso off");
      }
    }
    shell(
        "ovsdb-tool create "
            + directory
            + "/conf.db /usr/share/openvswitch/vswitch.ovsschema 2>&1");
    daemon("ovsdb-server " + directory + "/conf.db --remote=punix:" + directory + "/db.sock");
    vsctl("--no-wait init");
    if (mode == Mode.TSO) {
      vsctl("--no-wait set Open_vSwitch . other_config:userspace-tso-enable=true");
    }
    restart();
    vsctl("add-br br0 -- set bridge br0 datapath_type=netdev other_config:mac-table-size=16384");
    for (String guest : Guests.NAMES) {
      String type = mode == Mode.XDP ? " -- set interface v" + guest + " type=afxdp-nonpmd" : "";
      vsctl("add-port br0 v" + guest + type);
    }
    String errors = vsctl("--columns=name,error find interface error!=[]").strip();
    if (!errors.isEmpty()) {
      throw new IOException(errors);
    }
  }

  private void daemon(String command) throws Exception {
    String program = command.substring(0, command.indexOf(' '));
    String files = directory + "/" + program;
    shell(
        "ulimit -l unlimited 2> /dev/null; cd "
            + directory
            + "; OVS_RUNDIR=. OVS_LOGDIR=. OVS_DBDIR=. OVS_SYSCONFDIR=. ip netns exec "
            + host()
            + " "
            + command
            + " --no-chdir --detach --pidfile="
            + files
            + ".pid --log-file="
            + files
            + ".log --unixctl="
            + files
            + ".ctl -vconsole:off > "
            + files
            + ".out 2>&1");
  }

  private String vsctl(String arguments) throws Exception {
    return inHost("ovs-vsctl --timeout=20 --db=unix:" + directory + "/db.sock " + arguments);
  }

  @Override
  void restart() throws Exception {
    daemon("ovs-vswitchd unix:" + directory + "/db.sock");
  }

  /** In one bundle, but for the first ones, which are quicker without. */
  @Override
  boolean flows(Path file, boolean first) throws Exception {
    String target = " unix:" + directory + "/br0.mgmt ";
    String command = first ? "ovs-ofctl add-flows" : "ovs-ofctl --bundle replace-flows";
    String unused = shell(command + target + file);
    return true;
  }

  private long pid(String program) throws IOException {
    return Long.parseLong(Files.readString(directory.resolve(program + ".pid")).strip());
  }

  @Override
  boolean kill() throws Exception {
    long pid = pid("ovs-vswitchd");
    shell("kill -9 " + pid);
    waitFor(() -> hasEnded(Path.of("/proc/" + pid)), "end of " + pid);
    return true;
  }

  /**
   * A new one refuses to start while a thread of the old one is left to hold the lock on its file;
   * a zombie alone does not.
   */
  private static boolean hasEnded(Path process) throws IOException {
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return Files.readString(process.resolve("stat")).contains(") Z ") && threads.count() == 1;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  @Override
  long memory() throws Exception {
    String status = Files.readString(Path.of("/proc/" + pid("ovs-vswitchd") + "/status"));
    return status
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        * 1024;
  }

  @Override
  String remark() throws Exception {
    String show =
        inHost("ovs-appctl --target=" + directory + "/ovs-vswitchd.ctl dpctl/show | head -3");
    return show.replaceAll("\\s+", " ").strip();
  }

  @Override
  void stop() throws Exception {
    for (String program : new String[] {"ovs-vswitchd", "ovsdb-server"}) {
      if (Files.exists(directory.resolve(program + ".pid"))) {
        shell("kill " + pid(program) + " || :");
      }
    }
    super.stop();
  }
}
