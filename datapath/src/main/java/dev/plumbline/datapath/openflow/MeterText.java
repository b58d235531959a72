// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.config.MeterConfig;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads meters in the syntax of ovs-ofctl(8), "Meter Syntax": {@code meter=1 pktps burst stats
 * bands=type=drop rate=100 burst_size=10}, with spaces or commas. One band, which drops.
 */
public final class MeterText {
  private static final long U32 = 0xffff_ffffL;
  private static final String SEPARATORS = ", \t\r\n";

  private final Token whole;
  private final Set<String> said = new HashSet<>();
  private long id;
  private MeterConfig.Unit unit;
  private long rate;
  private long burst;
  private boolean hasType;

  private MeterText(Token whole) {
    this.whole = whole;
    this.unit = MeterConfig.Unit.KBPS;
  }

  /**
   * Reads a meter.
   *
   * @throws FlowSyntaxException it is none, or needs what the switch does not have
   */
  public static MeterConfig parse(String text) throws FlowSyntaxException {
    return new MeterText(new Token(text, 1)).parse();
  }

  private MeterConfig parse() throws FlowSyntaxException {
    String text = whole.text();
    for (int at = 0; at < text.length(); ) {
      int end = at;
      while (end < text.length() && SEPARATORS.indexOf(text.charAt(end)) < 0) {
        end++;
      }
      if (end > at) {
        take(whole.part(at, end));
      }
      at = end + 1;
    }
    need("meter", "a meter needs meter=…, its number");
    if (!said.contains("kbps") && !said.contains("pktps")) {
      throw whole.mistake("a meter needs a unit: kbps or pktps");
    }
    need("bands", "a meter needs bands=type=drop rate=…");
    if (!hasType) {
      throw whole.mistake("a band needs type=drop");
    }
    need("rate", "a band needs rate=…");
    if (said.contains("burst") && burst == 0) {
      throw whole.mistake("burst needs a burst_size=…");
    }
    return new MeterConfig(id, unit, rate, burst);
  }

  private void need(String name, String message) throws FlowSyntaxException {
    if (!said.contains(name)) {
      throw whole.mistake(message);
    }
  }

  private void take(Token word) throws FlowSyntaxException {
    int equals = word.text().indexOf('=');
    Token key = equals < 0 ? word : word.part(0, equals);
    String name = key.text().toLowerCase(Locale.ROOT);
    Token value = word.from(equals < 0 ? word.text().length() : equals + 1);
    if (name.equals("bands") || name.equals("band")) {
      if (!said.add("bands")) {
        throw key.mistake("a meter has one band here");
      }
      if (!value.isEmpty()) {
        take(value);
      }
      return;
    }
    if (name.equals("type")) {
      type(value);
      return;
    }
    if (!said.add(name)) {
      throw key.mistake(key.text() + " has been said before");
    }
    switch (name) {
      case "meter" -> id = atLeastOne(value, MeterConfig.LAST, name);
      case "kbps" -> unit(key, "pktps", MeterConfig.Unit.KBPS);
      case "pktps" -> unit(key, "kbps", MeterConfig.Unit.PKTPS);
      case "rate" -> rate = atLeastOne(value, U32, name);
      case "burst_size" -> burst = ValueText.number(value, U32, name);
      case "burst", "stats" -> {
        // That there is a burst its size says; and packets are counted in any case.
      }
      case "prec_level" -> throw key.mistake("the switch has no prec_level: a band only drops");
      default ->
          throw key.mistake("meter, kbps, pktps, burst, stats or bands is expected, not " + name);
    }
  }

  private void unit(Token key, String other, MeterConfig.Unit said) throws FlowSyntaxException {
    if (this.said.contains(other)) {
      throw key.mistake("the unit is kbps or pktps, not both");
    }
    unit = said;
  }

  private void type(Token value) throws FlowSyntaxException {
    if (hasType) {
      throw value.mistake("a meter has one band here");
    }
    if (!value.text().toLowerCase(Locale.ROOT).equals("drop")) {
      throw value.mistake("a band is of type drop here, not " + value.text());
    }
    hasType = true;
  }

  private static long atLeastOne(Token value, long most, String name) throws FlowSyntaxException {
    long number = ValueText.number(value, most, name);
    if (number == 0) {
      throw value.mistake(name + " is at least 1");
    }
    return number;
  }
}
