// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * libbpf.so.1, which iproute2 brings, and what it says while it works. One user at a time: whoever
 * calls holds the lock of this class's object.
 */
final class LibBpf {
  private static final String LIBRARY = "libbpf.so.1";

  /** What is kept of a message: the verifier's verdict is at the end of a log of megabytes. */
  private static final int LOG_CHARACTERS = 64 * 1024;

  private static @Nullable LibBpf loaded;

  private final LibBpfFunctions functions;
  private final jnr.ffi.Runtime runtime;
  private final StringBuilder log = new StringBuilder();

  // The native side keeps no Java object alive.
  private final LibBpfFunctions.Print print = this::print;

  private LibBpf(LibBpfFunctions functions) {
    this.functions = functions;
    this.runtime = jnr.ffi.Runtime.getRuntime(functions);
    Pointer unused = functions.libbpf_set_print(print);
  }

  /**
   * Loads the library, once.
   *
   * @throws IOException if it is not there or too old
   */
  static synchronized LibBpf get() throws IOException {
    if (loaded == null) {
      try {
        loaded =
            new LibBpf(
                LibraryLoader.create(LibBpfFunctions.class)
                    .failImmediately()
                    .library(LIBRARY)
                    .library("c")
                    .load());
      } catch (UnsatisfiedLinkError e) {
        throw new IOException(
            LIBRARY + " cannot be loaded (Debian and Ubuntu: libbpf1): " + e.getMessage(), e);
      }
    }
    return loaded;
  }

  LibBpfFunctions functions() {
    return functions;
  }

  jnr.ffi.Runtime runtime() {
    return runtime;
  }

  /** The errno of the function that just failed. */
  int errno() {
    return LastError.getLastError(runtime);
  }

  /** Forgets what was said. */
  void clearLog() {
    log.setLength(0);
  }

  /** What libbpf and the verifier have said since {@link #clearLog}; the end, if it is long. */
  String log() {
    int excess = log.length() - LOG_CHARACTERS;
    return excess <= 0 ? log.toString() : "…" + log.substring(excess);
  }

  /** 0 warnings, 1 information, 2 debugging (enum libbpf_print_level). */
  private int print(int level, Pointer format, Pointer arguments) {
    if (level > 1) {
      return 0;
    }
    byte[] address = new byte[Long.BYTES];
    int length = functions.vasprintf(address, format, arguments);
    if (length >= 0) {
      Pointer text =
          Pointer.wrap(
              runtime, ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getLong(), length);
      int kept = Math.min(length, LOG_CHARACTERS);
      byte[] bytes = new byte[kept];
      text.get(length - kept, bytes, 0, kept);
      log.append(new String(bytes, StandardCharsets.UTF_8));
      functions.free(text);
    }
    return length;
  }
}
