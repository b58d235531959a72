// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a resource, sorted by name. Immutable.
 *
 * <p>An agent keeps those of every object of its host, twice: a fifth of the memory of a hashed
 * map, and with the one to thirty fields that there are as fast to look through.
 */
public final class Fields extends AbstractMap<String, String> {
  private static final Fields NONE = new Fields(new String[0]);

  /** Values as short as "true" or "1500" are those of many: one of each will do. */
  private static final int SHORT = 5;

  /** Name, value, name, value and so on. */
  private final String[] words;

  private Fields(String[] words) {
    this.words = words;
  }

  /** The same entries; the same object if it is one of these. */
  public static Fields of(Map<String, String> fields) {
    if (fields instanceof Fields already) {
      return already;
    }
    if (fields.isEmpty()) {
      return NONE;
    }
    Map<String, String> sorted =
        fields instanceof SortedMap || fields.size() < 2 ? fields : new TreeMap<>(fields);
    String[] words = new String[2 * sorted.size()];
    int i = 0;
    for (Entry<String, String> each : sorted.entrySet()) {
      words[i++] = each.getKey();
      String value = each.getValue();
      words[i++] = value.length() <= SHORT ? value.intern() : value;
    }
    return new Fields(words);
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    if (name == null) {
      return null;
    }
    int hash = name.hashCode();
    for (int i = 0; i < words.length; i += 2) {
      String each = words[i];
      if (each == name || (each.hashCode() == hash && each.equals(name))) {
        return words[i + 1];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public int size() {
    return words.length / 2;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super String> action) {
    for (int i = 0; i < words.length; i += 2) {
      action.accept(words[i], words[i + 1]);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fields that ? Arrays.equals(words, that.words) : super.equals(other);
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (int i = 0; i < words.length; i += 2) {
      hash += words[i].hashCode() ^ words[i + 1].hashCode();
    }
    return hash;
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return words.length / 2;
      }

      @Override
      public Iterator<Entry<String, String>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < words.length;
          }

          @Override
          public Entry<String, String> next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            next += 2;
            return Map.entry(words[next - 2], words[next - 1]);
          }
        };
      }
    };
  }
}
