// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flows as {@code ovs-ofctl parse-flows} understands them: what is printed here of a flow has to
 * mean to it what the flow meant as it was written, and the match is to be in its own words.
 */
class OpenVswitchFlowsTest {
  private static final int FLOWS = 6_000;

  @TempDir Path directory;

  @Test
  void openVswitchReadsTheSameFromWhatIsPrinted() throws Exception {
    compare(false, "any");
  }

  /** With meters and tags pushed; but then it refuses actions on what a packet may not have. */
  @Test
  void openVswitchReadsTheSameFromFlowsOfOpenFlow13() throws Exception {
    compare(true, "OpenFlow13");
  }

  private void compare(boolean late, String format) throws Exception {
    List<String> written = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    List<String> matches = new ArrayList<>();
    for (int seed = 0; seed < FLOWS; seed++) {
      RandomFlow random = new RandomFlow(seed);
      if (random.isLate() != late) {
        continue;
      }
      String text = random.text();
      Flow flow = FlowText.parse(text, PortNames.NUMBERS);
      written.add(text);
      printed.add(flow.toString());
      matches.add(flow.match().toString());
    }
    List<String> meant = parsed(written, format);
    List<String> understood = parsed(printed, format);
    int compared = 0;
    for (int i = 0; i < meant.size(); i++) {
      assertEquals(meant.get(i), understood.get(i), written.get(i) + "\n" + printed.get(i));
      if (meant.get(i).contains("decode error")) {
        continue; // it writes a message that it does not take back, as with actions on no packet
      }
      compared++;
      String match = matches.get(i).replace("vlan_tci=0x0000/0x1fff", "vlan_tci=0x0000");
      assertEquals(match(meant.get(i)), match, written.get(i));
    }
    assertTrue(compared > FLOWS / 5, compared + " flows compared");
  }

  /** The match of a line such as {@code … ADD table:3 priority=5,tcp cookie:0x1 actions=…}. */
  private static String match(String line) {
    String text = line.substring(0, line.indexOf("actions="));
    text = text.substring(text.indexOf(" ADD") + 4).trim();
    List<String> parts = new ArrayList<>();
    for (String word : text.split("[ ,]", -1)) {
      boolean isSetting = word.isEmpty() || word.startsWith("priority=");
      if (!isSetting && !word.matches("(table|cookie|idle|hard):.*")) {
        parts.add(word.equals("vlan_tci=0x0000/0x1fff") ? "vlan_tci=0x0000" : word); // no tag
      }
    }
    return String.join(",", parts);
  }

  private List<String> parsed(List<String> flows, String format) throws Exception {
    Path file = Files.write(directory.resolve("flows"), flows);
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    List<String> command = new ArrayList<>(List.of("ovs-ofctl", "parse-flows", file.toString()));
    if (!format.equals("any")) {
      command.addAll(List.of("-O", format));
    }
    int code =
        PeerProgram.run(
            directory, command, "the syntax of flows is not compared with its own here");
    assertEquals(0, code, () -> read(errors) + at(flows, read(errors)));
    List<String> lines =
        Files.readAllLines(output).stream().filter(line -> line.contains("FLOW_MOD")).toList();
    assertEquals(flows.size(), lines.size(), read(errors));
    // 255 is what it says where no table is named, which means 0
    return lines.stream()
        .map(line -> line.replaceAll("\\(xid=\\w+\\)", "").replace("table:255 ", ""))
        .toList();
  }

  /** The flow that a message such as {@code ovs-ofctl: FILE:3: …} is about. */
  private static String at(List<String> flows, String errors) {
    Matcher line = Pattern.compile("flows:(\\d+):").matcher(errors);
    return line.find() ? flows.get(Integer.parseInt(line.group(1)) - 1) : "";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
