// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.flow.SetField;
import org.jspecify.annotations.Nullable;

/**
 * From headers as they are in one output to those of the next: the actions in between. A field is
 * always set as a whole, so what of it was not written is looked at.
 */
final class HeaderActions {
  private static final int ARP = 0x0806;
  private static final int RARP = 0x8035;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int WORD_BYTES = 4;
  private static final int MAC_BYTES = 6;

  private final FlowKey arrived = new FlowKey();
  private ActionList list = new ActionList();
  private FlowMask mask = new FlowMask();
  private @Nullable Rewrite from;
  private @Nullable Rewrite to;

  /** For a packet as it came in. */
  void begin(FlowKey key) {
    arrived.set(key);
  }

  /**
   * Adds the actions; more than fit, perhaps.
   *
   * @param newFrom null: as the packet came in
   * @param newTo the same
   * @param newMask takes the bits that are looked at
   */
  void add(
      ActionList newList, FlowMask newMask, @Nullable Rewrite newFrom, @Nullable Rewrite newTo) {
    if (newFrom == newTo) {
      return;
    }
    list = newList;
    mask = newMask;
    from = newFrom;
    to = newTo;
    mac(SetField.ETH_DST, FlowField.ETH_DST.offset());
    mac(SetField.ETH_SRC, FlowField.ETH_SRC.offset());
    switch (arrived.ethType()) {
      case ARP, RARP -> {
        number(SetField.ARP_OP, FlowField.IP_PROTO);
        word(SetField.ARP_SPA, FlowField.IP_SRC.offset(), 0);
        mac(SetField.ARP_SHA, FlowField.IP_SRC.offset() + WORD_BYTES);
        word(SetField.ARP_TPA, FlowField.IP_DST.offset(), 0);
        mac(SetField.ARP_THA, FlowField.IP_DST.offset() + WORD_BYTES);
      }
      case IPV4 -> ip(1);
      case IPV6 -> {
        ip(4);
        number(SetField.IPV6_LABEL, FlowField.IPV6_LABEL);
      }
      default -> {}
    }
  }

  private void ip(int words) {
    number(SetField.IP_TOS, FlowField.IP_TOS);
    number(SetField.IP_TTL, FlowField.IP_TTL);
    for (int i = 0; i < words; i++) {
      word(SetField.IP_SRC, FlowField.IP_SRC.offset() + i * WORD_BYTES, i);
    }
    for (int i = 0; i < words; i++) {
      word(SetField.IP_DST, FlowField.IP_DST.offset() + i * WORD_BYTES, i);
    }
    number(SetField.TP_SRC, FlowField.TP_SRC);
    number(SetField.TP_DST, FlowField.TP_DST);
  }

  private void number(SetField field, FlowField at) {
    if (changes(at.offset(), at.length())) {
      list.set(field, (int) bytes(at.offset(), at.length()));
    }
  }

  private void word(SetField field, int offset, int index) {
    if (changes(offset, WORD_BYTES)) {
      list.setWord(field, index, (int) bytes(offset, WORD_BYTES));
    }
  }

  private void mac(SetField field, int offset) {
    if (changes(offset, MAC_BYTES)) {
      list.setMac(field, bytes(offset, MAC_BYTES));
    }
  }

  /** Whether these bytes have to be set; what of them has to be known for it is looked at. */
  private boolean changes(int offset, int length) {
    boolean was = isWritten(from, offset, length);
    if (!was && !isWritten(to, offset, length)) {
      return false;
    }
    for (int i = offset; i < offset + length; i++) {
      int written = to == null ? 0 : to.written().bytes()[i];
      mask.bytes()[i] |= (byte) ~written;
    }
    boolean isKnown = was || offset < FlowKey.LAYER2_BYTES;
    return !isKnown || !isSame(key(from).bytes(), key(to).bytes(), offset, length);
  }

  private static boolean isWritten(@Nullable Rewrite rewrite, int offset, int length) {
    for (int i = offset; rewrite != null && i < offset + length; i++) {
      if (rewrite.written().bytes()[i] != 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(byte[] a, byte[] b, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  private FlowKey key(@Nullable Rewrite rewrite) {
    return rewrite == null ? arrived : rewrite.key();
  }

  /** As a number, first byte highest. */
  private long bytes(int offset, int length) {
    long value = 0;
    for (int i = offset; i < offset + length; i++) {
      value = (value << 8) | (key(to).bytes()[i] & 0xff);
    }
    return value;
  }
}
