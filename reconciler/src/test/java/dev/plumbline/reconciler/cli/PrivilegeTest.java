// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivilegeTest {
  @ParameterizedTest
  @CsvSource({
    "000001ffffffffff, true",
    "0000000000000000, false",
    "0000000000201000, true",
    "0000000000001000, false",
    "0000000000200000, false"
  })
  void namespacesTakeBothCapabilities(String effective, boolean suffices) {
    assertEquals(
        suffices, Privilege.suffices("Name:\tjava\nCapEff:\t" + effective + "\nCapBnd:\t0\n"));
  }
}
