// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.value.Position;

/** A value in a YAML file. */
public sealed interface YamlNode permits YamlMap, YamlList, YamlScalar {
  /** Where it begins. */
  Position position();

  /** Nodes in the tree below and including it, aliases counted as often as they are used. */
  long size();

  /** Levels of the tree below and including it. */
  int height();

  /** What it is, for messages: a map, a list, the text `x`, the number 5. */
  String describe();
}
