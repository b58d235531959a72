// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.Layout;
import java.util.HexFormat;

/**
 * Something done with a frame.
 *
 * @param what the port that it left by, or {@code RECORD_UPCALL} or {@code RECORD_DROP} of flow.h
 *     with the reason; no frame belongs to a drop
 * @param bytes of the frame, tags included
 * @param begin its first 256 bytes in hexadecimal
 */
record Event(int what, int bytes, String begin) {
  private static final int TAG_AT = 12;

  /** A frame that ends at the array's end, or is longer than it. */
  static Event of(int what, int bytes, byte[] begin) {
    int shown = Math.min(Layout.RECORD_BYTES, begin.length);
    return new Event(what, bytes, HexFormat.of().formatHex(begin, 0, shown));
  }

  static Event drop(int reason) {
    return new Event(Layout.RECORD_DROP | reason, 0, "");
  }

  /** With the tag that was beside the frame. */
  Event withTag(int tpid, int tci) {
    String tag = HexFormat.of().toHexDigits((short) tpid) + HexFormat.of().toHexDigits((short) tci);
    String tagged = begin.substring(0, 2 * TAG_AT) + tag + begin.substring(2 * TAG_AT);
    int shown = Math.min(2 * Layout.RECORD_BYTES, tagged.length());
    return new Event(what, bytes + 4, tagged.substring(0, shown));
  }

  boolean isOutput() {
    return what < Layout.RECORD_UPCALL;
  }

  @Override
  public String toString() {
    int reason = what & 0xffff;
    String text = (what & Layout.RECORD_DROP) != 0 ? "drop " : isOutput() ? "output " : "upcall ";
    return "\n" + text + reason + " " + bytes + " bytes " + begin;
  }
}
