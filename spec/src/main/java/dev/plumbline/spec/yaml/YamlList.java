// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.value.Position;
import java.util.List;

/** A list. */
public final class YamlList implements YamlNode {
  private final Position position;
  private final List<YamlNode> items;
  private final long size;
  private final int height;

  public YamlList(Position position, List<YamlNode> items) {
    this.position = position;
    this.items = List.copyOf(items);
    this.size = 1 + items.stream().mapToLong(YamlNode::size).sum();
    this.height = 1 + items.stream().mapToInt(YamlNode::height).max().orElse(0);
  }

  public List<YamlNode> items() {
    return items;
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public String describe() {
    return "a list";
  }
}
