// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.report.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The journal, which gets events with their properties as fields of their own: {@code
 * PLUMBLINE_EVENT=drift}, {@code PLUMBLINE_REVISION=…}, so that {@code journalctl
 * PLUMBLINE_EVENT=drift} finds them. The form is that of systemd's JOURNAL_NATIVE_PROTOCOL. Safe
 * for any thread.
 */
public final class Journal implements AutoCloseable {
  /** Where it listens: systemd-journald.service(8). */
  private static final String SOCKET = "/run/systemd/journal/socket";

  /** A datagram has to fit into the socket's buffer, 208 KiB if nobody changed that. */
  private static final int LONGEST_FIELD = 32 << 10;

  private static final int LONGEST = 160 << 10;

  /** syslog(3). */
  private static final Map<String, Integer> PRIORITIES =
      Map.ofEntries(
          Map.entry("failed", 3),
          Map.entry("check-failed", 3),
          Map.entry("checks-broken-off", 4),
          Map.entry("not-converged", 3),
          Map.entry("refused", 3),
          Map.entry("problem", 3),
          Map.entry("fetch-refused", 3),
          Map.entry("rollout-stopped", 3),
          Map.entry("rollout-skipped", 4),
          Map.entry("board-failed", 4),
          Map.entry("status-refused", 4),
          Map.entry("status-failed", 4),
          Map.entry("status-unreadable", 4),
          Map.entry("fallback", 3),
          Map.entry("crash-loop", 3),
          Map.entry("state-failed", 3),
          Map.entry("not-rolled-back", 3),
          Map.entry("rolled-back", 4),
          Map.entry("checkpoint-void", 4),
          Map.entry("unconfirmed", 4),
          Map.entry("rollback", 4),
          Map.entry("clone-renewed", 4),
          Map.entry("forced", 4),
          Map.entry("history-unknown", 4),
          Map.entry("tls-failed", 3),
          Map.entry("watch-failed", 3),
          Map.entry("fight", 4),
          Map.entry("warning", 4),
          Map.entry("fetch-failed", 4),
          Map.entry("listen-failed", 4),
          Map.entry("notify-failed", 4),
          Map.entry("webhook-refused", 4),
          Map.entry("overrun", 4),
          Map.entry("socket-lost", 4),
          Map.entry("manager-deaf", 4),
          Map.entry("applied", 5),
          Map.entry("drift", 5),
          Map.entry("paused", 5),
          Map.entry("resumed", 5));

  private static final int INFO = 6;

  private final Descriptor socket;

  private Journal(Descriptor socket) {
    this.socket = socket;
  }

  /**
   * The journal that standard error goes to.
   *
   * @param environment {@code JOURNAL_STREAM} names the device and inode of the stream that systemd
   *     gave the process, which may have another one by now
   * @return null if standard error goes elsewhere, or the journal cannot be reached
   */
  public static @Nullable Journal of(Map<String, String> environment) {
    return of(environment, Path.of("/proc/self/fd/2"), SOCKET);
  }

  static @Nullable Journal of(Map<String, String> environment, Path stream, String at) {
    try {
      Map<String, Object> is = Files.readAttributes(stream, "unix:dev,ino");
      String own = is.get("dev") + ":" + is.get("ino");
      return own.equals(environment.get("JOURNAL_STREAM"))
          ? new Journal(DatagramSocket.connect(at, "the journal"))
          : null;
    } catch (IOException e) {
      return null; // its stream takes plain lines as well
    }
  }

  /**
   * Writes an event.
   *
   * @throws IOException if it did not arrive
   */
  public void write(Event event) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    field(bytes, "MESSAGE", event.message());
    field(bytes, "PRIORITY", PRIORITIES.getOrDefault(event.event(), INFO).toString());
    field(bytes, "SYSLOG_IDENTIFIER", "plumbline");
    field(bytes, "PLUMBLINE_EVENT", event.event());
    field(bytes, "PLUMBLINE_NUMBER", Long.toString(event.number()));
    event
        .properties()
        .forEach(
            (name, value) -> {
              String text = value instanceof Map<?, ?> ? JsonTree.line(value) : value.toString();
              if (bytes.size() + text.length() < LONGEST) {
                field(bytes, fieldName(name), text);
              }
            });
    int errno = DatagramSocket.send(socket, bytes.toByteArray());
    if (errno != 0) {
      throw new ErrnoException("send to the journal", errno);
    }
  }

  /** {@code heldMillis} is {@code PLUMBLINE_HELD_MILLIS}. */
  private static String fieldName(String property) {
    return "PLUMBLINE_"
        + property
            .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("[^A-Za-z0-9]", "_")
            .toUpperCase(Locale.ROOT);
  }

  /** One with a line's end in it has its length in front, 64 bits, the lowest byte first. */
  private static void field(ByteArrayOutputStream out, String name, String text) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(all.length, LONGEST_FIELD);
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    if (text.indexOf('\n') < 0) {
      out.write('=');
    } else {
      out.write('\n');
      out.writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
    }
    out.write(all, 0, length);
    out.write('\n');
  }

  @Override
  public void close() {
    socket.close();
  }
}
