// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPathTest {
  @Test
  void theHostsNameIsPutIn() {
    assertEquals("hosts/hv-01.yaml", HostPath.of(HostPath.USUAL, "hv-01"));
    assertEquals("hv-01/hv-01.yaml", HostPath.of("{host}/{host}.yaml", "hv-01"));
  }

  @Test
  void aPathIsNormalised() {
    assertEquals("b/c.yaml", HostPath.of("/./a/../b//c.yaml", "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a.yaml", "a/../../b.yaml", "", "/", "a/.."})
  void aPathThatLeavesTheRepositoryOrNamesNothingIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> HostPath.of(path, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", ""})
  void aHostsNameThatIsNoFileNameIsRefused(String host) {
    assertThrows(IllegalArgumentException.class, () -> HostPath.of(HostPath.USUAL, host));
  }
}
