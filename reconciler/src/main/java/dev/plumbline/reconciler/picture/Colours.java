// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The colours of both themes, by the names that {@code picture.css} has for them. {@code
 * ContrastTest} holds them to WCAG's AA.
 */
final class Colours {
  /** A rule's first words: all is below this class, for a page may have several pictures. */
  private static final String PICTURE = ".plumbline-picture";

  static final Map<String, String> LIGHT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ground", "#ffffff"),
              Map.entry("frame", "#f6f8fa"),
              Map.entry("rim", "#7f8998"),
              Map.entry("text", "#1b2330"),
              Map.entry("muted", "#566070"),
              Map.entry("line", "#6b7684"),
              Map.entry("stack", "#2f7d5b"),
              Map.entry("stack-tint", "#e8f5ee"),
              Map.entry("bridge", "#2f5fae"),
              Map.entry("bridge-tint", "#e8f0fc"),
              Map.entry("bond", "#6f4bb0"),
              Map.entry("bond-tint", "#f1ebfb"),
              Map.entry("remote", "#a3590a"),
              Map.entry("remote-tint", "#fdf1e2"),
              Map.entry("create", "#116329"),
              Map.entry("modify", "#7d4e00"),
              Map.entry("recreate", "#8250df"),
              Map.entry("delete", "#b3151f"),
              Map.entry("there", "#c2185b"),
              Map.entry("back", "#00687a")));

  static final Map<String, String> DARK =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ground", "#0f141b"),
              Map.entry("frame", "#161c25"),
              Map.entry("rim", "#6b7686"),
              Map.entry("text", "#e8ecf2"),
              Map.entry("muted", "#a9b3c1"),
              Map.entry("line", "#8792a1"),
              Map.entry("stack", "#4fae84"),
              Map.entry("stack-tint", "#13281f"),
              Map.entry("bridge", "#6d9ae8"),
              Map.entry("bridge-tint", "#15233b"),
              Map.entry("bond", "#a684e0"),
              Map.entry("bond-tint", "#231b36"),
              Map.entry("remote", "#dd9a43"),
              Map.entry("remote-tint", "#2e2113"),
              Map.entry("create", "#56d364"),
              Map.entry("modify", "#e3b341"),
              Map.entry("recreate", "#c297ff"),
              Map.entry("delete", "#ff8a80"),
              Map.entry("there", "#ff79a8"),
              Map.entry("back", "#4fd0e3")));

  private Colours() {}

  /** The style sheet. */
  static String css(Theme theme) {
    String css = rules();
    return switch (theme) {
      case LIGHT -> variables(LIGHT) + css;
      case DARK -> variables(DARK) + css;
      case AUTO ->
          variables(LIGHT) + "@media (prefers-color-scheme:dark){" + variables(DARK) + "}\n" + css;
    };
  }

  private static String variables(Map<String, String> colours) {
    StringBuilder text = new StringBuilder(PICTURE).append('{');
    colours.forEach(
        (name, value) -> text.append("--").append(name).append(':').append(value).append(';'));
    return text.append("}\n").toString();
  }

  private static String rules() {
    try (InputStream in = Colours.class.getResourceAsStream("picture.css")) {
      if (in == null) {
        throw new IllegalStateException("no picture.css in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
