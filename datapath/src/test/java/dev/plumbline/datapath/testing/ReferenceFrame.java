// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame taken apart, outermost tag first; the third tag and what follows it are payload.
 *
 * @param behind from the EtherType on
 */
@SuppressWarnings("ArrayRecordComponent")
record ReferenceFrame(long destination, long source, List<Tag> tags, byte[] behind) {
  /** IEEE 802.1Q, 9.3 to 9.6. */
  record Tag(int tpid, int priority, boolean dropEligible, int vlan) {
    Tag withPriority(int newPriority) {
      return newPriority == priority ? this : new Tag(tpid, newPriority, false, vlan);
    }
  }

  static ReferenceFrame of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    long destination = ((from.getShort() & 0xffffL) << 32) | (from.getInt() & 0xffff_ffffL);
    long source = ((from.getShort() & 0xffffL) << 32) | (from.getInt() & 0xffff_ffffL);
    List<Tag> tags = new ArrayList<>();
    while (tags.size() < 2 && from.remaining() >= 6 && isTag(from.getShort(from.position()))) {
      int tpid = from.getShort() & 0xffff;
      int tci = from.getShort() & 0xffff;
      tags.add(new Tag(tpid, tci >> 13, (tci & 0x1000) != 0, tci & 0xfff));
    }
    byte[] behind = new byte[from.remaining()];
    from.get(behind);
    return new ReferenceFrame(destination, source, tags, behind);
  }

  private static boolean isTag(short type) {
    return (type & 0xffff) == 0x8100 || (type & 0xffff) == 0x88a8;
  }

  ReferenceFrame withTags(List<Tag> newTags) {
    return new ReferenceFrame(destination, source, newTags, behind);
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, destination, 6);
    write(out, source, 6);
    for (Tag tag : tags) {
      write(out, tag.tpid, 2);
      write(out, (tag.priority << 13) | (tag.dropEligible ? 0x1000 : 0) | tag.vlan, 2);
    }
    out.writeBytes(behind);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, long value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >> (8 * i)));
    }
  }

  boolean isTagCutShort() {
    return tags.isEmpty() && behind.length >= 2 && isTag((short) number(behind, 0, 2));
  }

  /** RFC 826: a broadcast that says where its own sender is. */
  boolean isGratuitousArp() {
    if (destination != 0xffff_ffff_ffffL || behind.length < 30 || number(behind, 0, 2) != 0x0806) {
      return false;
    }
    // Behind the EtherType: hardware, protocol, their lengths, operation, sender, target.
    if (number(behind, 2, 6) != 0x0001_0800_0604L) {
      return false;
    }
    long operation = number(behind, 8, 2);
    return operation == 2 || (operation == 1 && number(behind, 16, 4) == number(behind, 26, 4));
  }

  private static long number(byte[] bytes, int at, int length) {
    long value = 0;
    for (int i = at; i < at + length; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }
}
