// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.Shown;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where results and messages go. Results: {@link #out()}. Messages: {@link #info}, {@link #warn},
 * {@link #error}, and {@link #progress}, which a terminal alone gets to see. Everything is UTF-8
 * whatever the locale is: files, plans and the kernel's names are.
 */
final class Console {
  private final PrintWriter out;
  private final PrintStream err;
  private final boolean outIsTerminal;
  private final boolean errIsTerminal;
  private final boolean colourAllowed;
  private final @Nullable BufferedReader answers;
  private boolean progressShown;

  Console(
      OutputStream out,
      OutputStream err,
      boolean outIsTerminal,
      boolean errIsTerminal,
      boolean colourAllowed) {
    this(out, err, outIsTerminal, errIsTerminal, colourAllowed, null);
  }

  /**
   * @param answers what the user types; null where there is nobody to ask
   */
  Console(
      OutputStream out,
      OutputStream err,
      boolean outIsTerminal,
      boolean errIsTerminal,
      boolean colourAllowed,
      @Nullable BufferedReader answers) {
    this.out = new PrintWriter(out, false, StandardCharsets.UTF_8);
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.outIsTerminal = outIsTerminal;
    this.errIsTerminal = errIsTerminal;
    this.colourAllowed = colourAllowed;
    this.answers = answers;
  }

  /**
   * The process's own console. Java cannot ask whether one stream is a terminal, so the start
   * script says it in {@code plumbline.terminals} (a list of {@code in}, {@code out} and {@code
   * err}); without that property none is.
   */
  static Console ofProcess(Map<String, String> environment) {
    String terminals = System.getProperty("plumbline.terminals", "");
    // https://no-color.org: present and not empty.
    boolean colourAllowed =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM"));
    return new Console(
        System.out,
        System.err,
        terminals.contains("out"),
        terminals.contains("err"),
        colourAllowed,
        terminals.contains("in")
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : null);
  }

  /** Results. Buffered: flushed when the verb ends, before every message, and by {@link #flush}. */
  synchronized PrintWriter out() {
    // On a terminal a result would be written behind what is shown there.
    clearProgress();
    return out;
  }

  /** Whether results may be coloured. */
  boolean coloursOut() {
    return outIsTerminal && colourAllowed;
  }

  /** Whether messages may be coloured. */
  boolean coloursErr() {
    return errIsTerminal && colourAllowed;
  }

  /** Whether a person watches results appear (as opposed to a file or a pipe). */
  boolean isTerminal() {
    return outIsTerminal;
  }

  /** Whether somebody sits there who sees a question and can answer it. */
  boolean canAsk() {
    return answers != null && errIsTerminal;
  }

  /** Asks on standard error; null where there is nobody, or the input ends. */
  synchronized @Nullable String ask(String question) {
    if (answers == null) {
      return null;
    }
    out.flush();
    clearProgress();
    err.print(question);
    err.flush();
    try {
      return answers.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void info(String message) {
    message("", "", message);
  }

  void warn(String message) {
    message("warning: ", "\u001b[33m", message);
  }

  void error(String message) {
    message("error: ", "\u001b[31m", message);
  }

  /** One line that the next message or progress replaces; nothing unless on a terminal. */
  synchronized void progress(String message) {
    if (errIsTerminal) {
      err.print("\r\u001b[K" + Shown.text(message));
      err.flush();
      progressShown = true;
    }
  }

  /** The whole story of an exception, for {@code --debug}. */
  synchronized void stackTrace(Throwable problem) {
    clearProgress();
    problem.printStackTrace(err);
  }

  /**
   * Writes the results out.
   *
   * @return false if they did not arrive (a full disk, a reader that went away)
   */
  synchronized boolean flush() {
    return !out.checkError();
  }

  private synchronized void message(String label, String colour, String message) {
    // In the order in which they were said, when both go to one place.
    out.flush();
    clearProgress();
    String shown = label.isEmpty() || !coloursErr() ? label : colour + label + "\u001b[0m";
    // What is named here comes from whoever may name it: no control character of theirs gets
    // through.
    err.println(
        shown + String.join(System.lineSeparator(), message.lines().map(Shown::text).toList()));
  }

  private void clearProgress() {
    if (progressShown) {
      err.print("\r\u001b[K");
      progressShown = false;
    }
  }
}
