// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.form.StateForm;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.yaml.YamlWriter;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes host files. */
public final class HostYaml {
  /** A file's maps of what has a name, in the order in which a file is written. */
  public static final List<String> MAPS =
      List.of(
          "namespaces",
          "interfaces",
          "veths",
          "vlans",
          "dummies",
          "bridges",
          "bonds",
          "internalPorts",
          "patches",
          "tunnels",
          "vrfs");

  /** Its lists, which come behind them. */
  public static final List<String> LISTS = List.of("routes", "rules");

  private HostYaml() {}

  /** The state as a file that loads back equal. */
  public static String write(DesiredState state) {
    return YamlWriter.write(toTree(state));
  }

  /**
   * A plain ordered tree in the file's terms as a file.
   *
   * @param tree maps, lists, texts, Long and Boolean
   */
  public static String write(Map<String, ?> tree) {
    return YamlWriter.write(tree);
  }

  /** The same with comments, as {@link YamlWriter} puts them. */
  public static String write(
      Map<String, ?> tree, BiFunction<String, Object, List<String>> comments) {
    return YamlWriter.write(tree, comments);
  }

  /** The state as a plain ordered tree in the file's terms, for JSON for example. */
  public static Map<String, Object> toTree(DesiredState state) {
    return StateForm.write(state);
  }
}
