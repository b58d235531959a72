// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CpusTest {
  @Test
  void listsAreCountedUpToTheirLast() {
    assertEquals(0, Cpus.last("0"));
    assertEquals(3, Cpus.last("0-3"));
    assertEquals(7, Cpus.last("0,2-7"));
    assertEquals(127, Cpus.last("0-3,127"));
  }
}
