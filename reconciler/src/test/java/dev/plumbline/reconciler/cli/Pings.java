// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pings every 10 ms, from one place to another, for as long as something is done to the network
 * between them. An answer counts once, however late it is and however often it comes.
 */
final class Pings implements AutoCloseable {
  private static final Pattern ANSWER = Pattern.compile("icmp_seq=([0-9]+) .*time=.*");
  private static final int SOME = 20;
  private static final long PATIENCE_SECONDS = 60;

  private final String way;
  private final Process process;
  private final Thread reader;
  private final BitSet answered = new BitSet();
  private final List<String> trouble = new ArrayList<>();
  private int twice;

  private Pings(String from, String to) throws IOException {
    way = (from.isEmpty() ? "the host" : from) + " to " + to;
    String in = from.isEmpty() ? "" : "ip netns exec " + from + " ";
    // The JDK starts it from this thread, so that it is on the test's host.
    process =
        new ProcessBuilder("sh", "-c", "exec " + in + "ping -i 0.01 -W 2 " + to)
            .redirectErrorStream(true)
            .start();
    reader = new Thread(this::read, "pings");
    reader.start();
  }

  /**
   * Begins, when there are answers at all.
   *
   * @param from a namespace; empty: that of the calling thread
   */
  static Pings start(String from, String to) throws IOException {
    Sh.ping(from, to);
    Pings pings = new Pings(from, to);
    try {
      pings.await(SOME);
    } catch (AssertionError e) {
      pings.close();
      throw e;
    }
    return pings;
  }

  private void read() {
    try (var lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        read(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void read(String line) {
    Matcher answer = ANSWER.matcher(line);
    if (answer.find()) {
      int number = Integer.parseInt(answer.group(1));
      twice += answered.get(number) ? 1 : 0;
      answered.set(number);
      notifyAll();
    } else if (line.contains("nreachable") || line.contains("ping:")) {
      trouble.add(line);
    }
  }

  /** Waits until one with at least this number is answered. */
  private synchronized void await(int number) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (answered.length() <= number) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0 || !process.isAlive()) {
        throw new AssertionError(this + ", and no answer since");
      }
      try {
        wait(Math.min(left, 100));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private synchronized int last() {
    return answered.length() - 1;
  }

  /**
   * How many had no answer so far, of those before the last that had one.
   *
   * @throws AssertionError if there are no answers any more
   */
  int lost() {
    await(last() + SOME);
    synchronized (this) {
      return last() - answered.cardinality();
    }
  }

  @Override
  public synchronized String toString() {
    return "pings from "
        + way
        + ": "
        + last()
        + " sent, "
        + (last() - answered.cardinality())
        + " lost, "
        + twice
        + " answered twice"
        + (trouble.isEmpty() ? "" : ", " + trouble.get(0));
  }

  @Override
  public void close() {
    // Not destroy(), which would close what the reader reads.
    String unused = Sh.run("kill -INT " + process.pid() + " 2> /dev/null || true");
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
