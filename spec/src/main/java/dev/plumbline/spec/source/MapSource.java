// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.source;

import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;

/** Files in memory. */
public final class MapSource implements FileSource {
  private final Map<String, byte[]> files;

  /** Contents by path. */
  public MapSource(Map<String, byte[]> files) {
    this.files = Map.copyOf(files);
  }

  /** UTF-8 texts by path. */
  public static MapSource ofTexts(Map<String, String> texts) {
    Map<String, byte[]> files = new HashMap<>();
    texts.forEach((path, text) -> files.put(path, text.getBytes(StandardCharsets.UTF_8)));
    return new MapSource(files);
  }

  @Override
  public byte[] read(String path, int limit) throws NoSuchFileException {
    byte[] content = files.get(path);
    if (content == null) {
      throw new NoSuchFileException(path);
    }
    return content.clone();
  }
}
