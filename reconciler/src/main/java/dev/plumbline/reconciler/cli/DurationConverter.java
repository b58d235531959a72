// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.ValueException;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options of the type {@link Duration}, written as in host files: {@code 500ms}, {@code 30s}. */
final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    try {
      return Durations.parse(text);
    } catch (ValueException e) {
      throw new TypeConversionException(e.getMessage() + ", expected " + e.expected());
    }
  }
}
