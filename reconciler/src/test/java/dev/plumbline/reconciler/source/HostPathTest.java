// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.spec.RepositoryFile;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPathTest {
  private static String of(String template, String host) {
    return new HostPath(template, new RepositoryFile.Identity(host, null, Map.of())).toString();
  }

  @Test
  void theHostsNameIsPutIn() {
    assertEquals("hosts/hv-01.yaml", of(HostPath.USUAL, "hv-01"));
    assertEquals("hv-01/hv-01.yaml", of("{host}/{host}.yaml", "hv-01"));
  }

  @Test
  void aPathIsNormalised() {
    assertEquals("b/c.yaml", of("/./a/../b//c.yaml", "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a.yaml", "a/../../b.yaml", "", "/", "a/.."})
  void aPathThatLeavesTheRepositoryOrNamesNothingIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> of(path, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", ""})
  void aHostsNameThatIsNoFileNameIsRefused(String host) {
    assertThrows(IllegalArgumentException.class, () -> of(HostPath.USUAL, host));
  }
}
