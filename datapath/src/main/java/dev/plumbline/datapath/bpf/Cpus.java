// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many CPUs this kernel could ever have: as many values an entry of a per-CPU map has. */
final class Cpus {
  static final int POSSIBLE = read(Path.of("/sys/devices/system/cpu/possible"));

  private Cpus() {}

  private static int read(Path file) {
    try {
      return last(Files.readString(file).strip()) + 1;
    } catch (IOException e) {
      throw new UncheckedIOException("the number of possible CPUs", e);
    }
  }

  /** The last of a list such as {@code 0-3} or {@code 0,2-7}: the kernel counts up to it. */
  static int last(String list) {
    String[] numbers = list.split("[-,]", -1);
    return Integer.parseInt(numbers[numbers.length - 1]);
  }
}
