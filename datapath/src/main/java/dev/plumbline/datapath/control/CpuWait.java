// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How long a thread ran, and how long it waited for a CPU: {@code schedstat} of proc(5), whose
 * first two numbers are both in nanoseconds (Documentation/scheduler/sched-stats.rst).
 */
final class CpuWait implements AutoCloseable {
  private final @Nullable RandomAccessFile file;
  private final byte[] text = new byte[128];
  private long ranNanos;
  private long waitedNanos;

  private CpuWait(@Nullable RandomAccessFile file) {
    this.file = file;
  }

  /** Of the calling thread. On a kernel that does not count it (CONFIG_SCHED_INFO), always 0. */
  static CpuWait ofThisThread() {
    try {
      return new CpuWait(new RandomAccessFile("/proc/thread-self/schedstat", "r"));
    } catch (FileNotFoundException e) {
      return new CpuWait(null);
    }
  }

  /** Reads both. */
  void read() throws IOException {
    if (file == null) {
      return;
    }
    file.seek(0);
    int length = file.read(text);
    String[] words =
        new String(text, 0, Math.max(0, length), StandardCharsets.US_ASCII).split("\\s+", -1);
    if (words.length < 2) {
      throw new IOException("schedstat has " + words.length + " numbers");
    }
    ranNanos = Long.parseLong(words[0]);
    waitedNanos = Long.parseLong(words[1]);
  }

  /** On a CPU, up to the last {@link #read}. */
  long ranNanos() {
    return ranNanos;
  }

  /** Able to run, and not on a CPU, up to the last {@link #read}. */
  long waitedNanos() {
    return waitedNanos;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
