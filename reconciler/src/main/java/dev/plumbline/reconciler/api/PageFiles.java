// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of the agent's page, as they are in the jar; read when somebody asks, so that an agent
 * whose page nobody looks at has nothing of it in memory.
 */
final class PageFiles {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.of("html", HTML, "css", CSS, "js", SCRIPT, "svg", "image/svg+xml");

  /**
   * A file.
   *
   * @param type its media type
   */
  record PageFile(String type, String text) {}

  private PageFiles() {}

  /** What is at a path; null: nothing. */
  static @Nullable PageFile at(String path) throws IOException {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    // Plain names alone: nothing else of the class path is anybody's business.
    if (!name.matches("[a-z][a-z-]*\\.(html|css|js|svg)")) {
      return null;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      return in == null || type == null
          ? null
          : new PageFile(type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
