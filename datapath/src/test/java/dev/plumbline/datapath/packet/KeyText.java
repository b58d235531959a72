// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** A key as text, a line a field that is not 0, so that a failing test shows which differ. */
public final class KeyText {
  private KeyText() {}

  public static String of(FlowKey key) {
    return Arrays.stream(FlowField.values())
        .map(field -> field + "=" + value(key, field))
        .filter(text -> !text.matches(".*=0+"))
        .collect(Collectors.joining("\n"));
  }

  private static String value(FlowKey key, FlowField field) {
    int from = field.offset();
    return HexFormat.of().formatHex(key.bytes(), from, from + field.length());
  }
}
