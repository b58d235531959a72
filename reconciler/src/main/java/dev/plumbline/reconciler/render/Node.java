// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An object of a {@link JsonTree}, read leniently: what is not there is empty, 0, false or no list.
 *
 * @param map the object
 */
public record Node(Map<?, ?> map) {

  /** The object that a value is; one without anything if it is none. */
  public static Node of(Object value) {
    return new Node(value instanceof Map<?, ?> map ? map : Map.of());
  }

  public String text(String key) {
    Object value = map.get(key);
    return value == null ? "" : value.toString();
  }

  public long number(String key) {
    return map.get(key) instanceof Number number ? number.longValue() : 0;
  }

  public boolean flag(String key) {
    return Boolean.TRUE.equals(map.get(key));
  }

  /** The object of that name; one without anything if there is none. */
  public Node node(String key) {
    Object value = map.get(key);
    return of(value == null ? Map.of() : value);
  }

  /** The objects of a list. */
  public List<Node> nodes(String key) {
    List<Node> nodes = new ArrayList<>();
    if (map.get(key) instanceof List<?> list) {
      list.forEach(each -> nodes.add(of(each == null ? Map.of() : each)));
    }
    return nodes;
  }

  /** The texts of a list. */
  public List<String> texts(String key) {
    return map.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}
