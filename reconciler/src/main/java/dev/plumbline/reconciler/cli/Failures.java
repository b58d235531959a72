// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns exceptions into one line that says what went wrong. */
final class Failures {
  private Failures() {}

  static String sentence(Throwable problem) {
    if (problem instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return sentence(unchecked.getCause());
    }
    if (problem instanceof FileSystemException file) {
      return sentence(file);
    }
    if (problem instanceof CommandException || isExpected(problem)) {
      return oneLine(problem);
    }
    // A bug: name the place, so that a report without a stack trace is of use too.
    StackTraceElement[] trace = problem.getStackTrace();
    String place = trace.length == 0 ? "" : " at " + trace[0];
    return "internal error: "
        + problem.getClass().getSimpleName()
        + ": "
        + oneLine(problem)
        + place
        + " (--debug shows more)";
  }

  /**
   * {@link FileSystemException}'s own message is the bare file name for the most common reasons.
   */
  private static String sentence(FileSystemException problem) {
    String file = problem.getFile() == null ? "file" : problem.getFile();
    if (problem instanceof NoSuchFileException) {
      return file + ": no such file";
    }
    if (problem instanceof AccessDeniedException) {
      return file + ": permission denied";
    }
    return problem.getReason() == null ? oneLine(problem) : file + ": " + problem.getReason();
  }

  /** Exceptions whose message is written for users: input and output, the kernel's refusals. */
  private static boolean isExpected(Throwable problem) {
    return problem instanceof FileNotFoundException || problem instanceof IOException;
  }

  private static String oneLine(Throwable problem) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return problem.getClass().getSimpleName();
    }
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
