// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The structures and enumerations of an object file's BTF (Documentation/bpf/btf.rst), in bytes.
 */
final class Btf {
  private static final int MAGIC = 0xeb9f;

  // BTF_KIND_*
  private static final int INT = 1;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;
  private static final int ENUM = 6;
  private static final int FUNC_PROTO = 13;
  private static final int VAR = 14;
  private static final int DATASEC = 15;
  private static final int DECL_TAG = 17;
  private static final int ENUM64 = 19;

  /**
   * A structure.
   *
   * @param bytes its size
   * @param offsets of its members, in bytes
   */
  record Structure(int bytes, Map<String, Integer> offsets) {}

  private final Map<String, Structure> structures = new LinkedHashMap<>();
  private final Map<String, Integer> enumerators = new LinkedHashMap<>();

  private Btf() {}

  /** Reads the section {@code .BTF}. */
  static Btf read(ByteBuffer section) throws IOException {
    ByteBuffer b = section.order(ByteOrder.nativeOrder());
    if ((b.getShort(0) & 0xffff) != MAGIC) {
      throw new IOException("no BTF of this machine's byte order");
    }
    int header = b.getInt(4);
    ByteBuffer types = part(b, header + b.getInt(8), b.getInt(12));
    ByteBuffer strings = part(b, header + b.getInt(16), b.getInt(20));
    Btf btf = new Btf();
    while (types.hasRemaining()) {
      btf.readType(types, strings);
    }
    return btf;
  }

  private static ByteBuffer part(ByteBuffer b, int offset, int bytes) {
    return b.slice(offset, bytes).order(ByteOrder.nativeOrder());
  }

  private void readType(ByteBuffer types, ByteBuffer strings) throws IOException {
    String name = ElfFile.string(strings, types.getInt());
    int info = types.getInt();
    int size = types.getInt();
    int count = info & 0xffff;
    int kind = info >>> 24 & 0x1f;
    switch (kind) {
      case STRUCT, UNION -> structures.put(name, structure(types, strings, size, count, info < 0));
      case ENUM -> {
        for (int i = 0; i < count; i++) {
          enumerators.put(ElfFile.string(strings, types.getInt()), types.getInt());
        }
      }
      case INT, VAR, DECL_TAG -> skip(types, 4);
      case ARRAY -> skip(types, 12);
      case FUNC_PROTO -> skip(types, 8 * count);
      case DATASEC, ENUM64 -> skip(types, 12 * count);
      case 2, 7, 8, 9, 10, 11, 12, 16, 18 -> {} // nothing follows
      default -> throw new IOException("BTF kind " + kind + " of " + name + " is not known here");
    }
  }

  private static Structure structure(
      ByteBuffer types, ByteBuffer strings, int size, int count, boolean bitFields) {
    Map<String, Integer> offsets = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String member = ElfFile.string(strings, types.getInt());
      skip(types, 4);
      int bits = types.getInt();
      offsets.put(member, (bitFields ? bits & 0xffffff : bits) / 8);
    }
    return new Structure(size, offsets);
  }

  private static void skip(ByteBuffer b, int bytes) {
    b.position(b.position() + bytes);
  }

  /** By name. */
  Map<String, Structure> structures() {
    return structures;
  }

  /** The values of all enumerations by the enumerators' names. */
  Map<String, Integer> enumerators() {
    return enumerators;
  }

  /** The names of all structures, for messages. */
  List<String> names() {
    return new ArrayList<>(structures.keySet());
  }
}
