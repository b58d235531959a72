// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As much of an object file (ELF64, elf(5)) as is needed: sections, and where the symbols are. In
 * the byte order of this machine, the only one that its kernel takes.
 */
final class ElfFile {
  private static final int SYMBOL_BYTES = 24;
  private static final int SECTION_BYTES = 64;
  private static final int SYMBOLS = 2; // SHT_SYMTAB

  /**
   * A named place in a section.
   *
   * @param offset from the section's beginning, in bytes
   */
  record Symbol(String section, int offset, int bytes) {}

  private final Map<String, ByteBuffer> sections = new LinkedHashMap<>();
  private final Map<String, Symbol> symbols = new LinkedHashMap<>();

  private ElfFile() {}

  /**
   * Reads a file.
   *
   * @param name for errors
   */
  static ElfFile read(String name, byte[] bytes) throws IOException {
    try {
      ElfFile file = new ElfFile();
      file.read(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
      return file;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException(name + " is no object file of this machine's byte order", e);
    }
  }

  /** The bytes of a section, or null. */
  @Nullable ByteBuffer section(String name) {
    ByteBuffer section = sections.get(name);
    return section == null ? null : section.duplicate().order(ByteOrder.nativeOrder());
  }

  /** The place of a symbol, or null. */
  @Nullable Symbol symbol(String name) {
    return symbols.get(name);
  }

  private void read(ByteBuffer b) {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    if (b.order(ByteOrder.BIG_ENDIAN).getInt(0) != 0x7f454c46
        || b.get(4) != 2
        || b.get(5) != (little ? 1 : 2)) {
      throw new IllegalArgumentException("magic");
    }
    b.order(ByteOrder.nativeOrder());
    int table = Math.toIntExact(b.getLong(0x28));
    int count = b.getShort(0x3c) & 0xffff;
    ByteBuffer names = slice(b, table + (b.getShort(0x3e) & 0xffff) * SECTION_BYTES);
    String[] byIndex = new String[count];
    for (int i = 0; i < count; i++) {
      int header = table + i * SECTION_BYTES;
      byIndex[i] = string(names, b.getInt(header));
      if (b.getInt(header + 4) != 8) { // SHT_NOBITS has none in the file
        sections.put(byIndex[i], slice(b, header));
      }
    }
    for (int i = 0; i < count; i++) {
      int header = table + i * SECTION_BYTES;
      if (b.getInt(header + 4) == SYMBOLS) {
        int link = b.getInt(header + 0x28);
        readSymbols(slice(b, header), slice(b, table + link * SECTION_BYTES), byIndex);
      }
    }
  }

  private void readSymbols(ByteBuffer table, ByteBuffer names, String[] sectionNames) {
    for (int at = 0; at + SYMBOL_BYTES <= table.limit(); at += SYMBOL_BYTES) {
      int section = table.getShort(at + 6) & 0xffff;
      String name = string(names, table.getInt(at));
      if (!name.isEmpty() && section > 0 && section < sectionNames.length) {
        int offset = Math.toIntExact(table.getLong(at + 8));
        int bytes = Math.toIntExact(table.getLong(at + 16));
        symbols.put(name, new Symbol(sectionNames[section], offset, bytes));
      }
    }
  }

  private static ByteBuffer slice(ByteBuffer b, int header) {
    int offset = Math.toIntExact(b.getLong(header + 0x18));
    int bytes = b.getInt(header + 4) == 8 ? 0 : Math.toIntExact(b.getLong(header + 0x20));
    return b.slice(offset, bytes).order(ByteOrder.nativeOrder());
  }

  static String string(ByteBuffer b, int offset) {
    int end = offset;
    while (b.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - offset];
    b.get(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
