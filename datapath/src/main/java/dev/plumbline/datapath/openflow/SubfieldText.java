// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.MatchField.Needs;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields and subfields of actions: ovs-actions(7), "Field Specifications". A field has to
 * be there in every packet that the flow matches.
 */
final class SubfieldText {
  private final @Nullable Protocol protocol;
  private final boolean isAnyPacket;
  private final boolean isLaterFragment;
  private boolean tagged;

  /** For flows of that match. */
  SubfieldText(Match match) {
    protocol = Protocol.of(match);
    isLaterFragment = (match.value(MatchField.IP_FRAG) & 2) != 0;
    tagged = (match.value(MatchField.VLAN_TCI) & FlowKey.VLAN_PRESENT) != 0;
    isAnyPacket = false;
  }

  private SubfieldText() {
    protocol = null;
    isAnyPacket = true;
    isLaterFragment = false;
  }

  /** For a group, which many flows may name: any field; nothing happens to packets without it. */
  static SubfieldText ofAnyPacket() {
    return new SubfieldText();
  }

  /** Says whether packets have a tag behind the actions that have been read. */
  void tagged(boolean isTagged) {
    tagged = isTagged;
  }

  /** Whether all packets are IP, or any may come. */
  boolean isIp() {
    return isAnyPacket || (protocol != null && (protocol.isIp() || protocol.isIpv6()));
  }

  /** Whether packets are of that version of IP, or any may come. */
  boolean isOfVersion(int version) {
    return isAnyPacket
        || (protocol != null && (version == 4 ? protocol.isIp() : protocol.isIpv6()));
  }

  /** Whether the text begins as a field's. */
  static boolean isField(Token token) {
    String name = name(token).text();
    return MatchField.named(name) != null
        || MatchField.coded(name) != null
        || Unsupported.field(name);
  }

  Subfield readable(Token token) throws FlowSyntaxException {
    MatchField field = field(name(token));
    Token bits = token.from(name(token).text().length());
    return bits.isEmpty() ? Subfield.of(field) : subfield(field, bits);
  }

  Subfield writable(Token token) throws FlowSyntaxException {
    Subfield read = readable(token);
    refuseReadOnly(read.field(), token);
    return read;
  }

  /** A whole field, without brackets. */
  MatchField settable(Token token) throws FlowSyntaxException {
    if (token.text().indexOf('[') >= 0) {
      throw token.mistake("set_field takes a whole field; load takes bits of one");
    }
    MatchField field = field(token);
    refuseReadOnly(field, token);
    return field;
  }

  private static void refuseReadOnly(MatchField field, Token token) throws FlowSyntaxException {
    if (!field.isWritable()) {
      throw token.mistake(field.text() + " cannot be changed");
    }
  }

  private static Token name(Token token) {
    int bracket = token.text().indexOf('[');
    return bracket < 0 ? token : token.part(0, bracket);
  }

  private MatchField field(Token token) throws FlowSyntaxException {
    String name = token.text();
    MatchField field = MatchField.named(name);
    field = field == null ? MatchField.coded(name) : field;
    if (field == null || field == MatchField.DL_VLAN) {
      throw token.mistake(
          Unsupported.field(name) ? "the switch has no field " + name : "no field: " + name);
    }
    if (isAnyPacket) {
      return field;
    }
    if (protocol == null ? field.needs() != Needs.NOTHING : !protocol.gives(field.needs())) {
      throw token.mistake(
          name
              + " is a field of "
              + field.needs().words()
              + ", which the flow's match must ask for");
    }
    if (isLaterFragment && field.needs().isTransport()) {
      throw token.mistake(name + " is not in later fragments, which the match asks for");
    }
    if (!tagged && (field == MatchField.VLAN_VID || field == MatchField.VLAN_PCP)) {
      throw token.mistake(
          name + " is a field of a VLAN tag, which the match must ask for or push_vlan put on");
    }
    return field;
  }

  private static Subfield subfield(MatchField field, Token bits) throws FlowSyntaxException {
    if (!bits.text().endsWith("]")) {
      throw bits.mistake("bits are written as [3], [0..5] or []");
    }
    Token inside = bits.part(1, bits.text().length() - 1);
    if (inside.isEmpty()) {
      return Subfield.of(field);
    }
    int dots = inside.text().indexOf("..");
    int last = field.width() - 1;
    String what = "a bit of " + field.text();
    int from = (int) ValueText.number(dots < 0 ? inside : inside.part(0, dots), last, what);
    int to = dots < 0 ? from : (int) ValueText.number(inside.from(dots + 2), last, what);
    if (to < from) {
      throw inside.mistake("bits are counted upwards: [" + to + ".." + from + "]");
    }
    return new Subfield(field, from, to - from + 1);
  }
}
