// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlLimits;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks Open vSwitch's database, which speaks JSON-RPC (RFC 7047) on a Unix socket. JSON is YAML, so
 * that one reader is enough for both.
 */
final class OvsDatabase implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 10_000;
  private static final String TABLES =
      "{\"method\":\"transact\",\"id\":1,\"params\":[\"Open_vSwitch\","
          + "{\"op\":\"select\",\"table\":\"Bridge\",\"where\":[]},"
          + "{\"op\":\"select\",\"table\":\"Port\",\"where\":[]},"
          + "{\"op\":\"select\",\"table\":\"Interface\",\"where\":[]}]}";

  private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private final long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;

  private OvsDatabase(Path socket) throws IOException {
    channel.connect(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    SelectionKey unused = channel.register(selector, SelectionKey.OP_READ);
    buffer.flip();
  }

  static OvsTables read(Path socket) throws IOException {
    try (OvsDatabase database = new OvsDatabase(socket)) {
      database.send(TABLES);
      return tables(database.answer());
    }
  }

  private void send(String message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int unused = channel.write(bytes);
    }
  }

  /** The answer to the only request; the server may ask whether we are still there before it. */
  private YamlList answer() throws IOException {
    while (true) {
      Problems problems = new Problems();
      YamlNode message = YamlReader.read("the database's answer", object(), problems);
      if (!(message instanceof YamlMap map)) {
        throw new IOException(
            "its answer is no JSON object: "
                + (problems.sorted().isEmpty() ? "" : problems.sorted().get(0).line()));
      }
      if (map.get("method") instanceof YamlScalar method && method.text().equals("echo")) {
        send("{\"id\":\"echo\",\"error\":null,\"result\":[]}");
      } else if (map.get("error") instanceof YamlMap error) {
        throw new IOException("it refuses to tell: " + text(error.get("details")));
      } else if (map.get("result") instanceof YamlList result) {
        return result;
      }
    }
  }

  private static String text(@Nullable YamlNode node) {
    return node instanceof YamlScalar scalar ? scalar.text() : "without a reason";
  }

  /** The bytes of the next JSON object. */
  private byte[] object() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int depth = 0;
    boolean quoted = false;
    boolean escaped = false;
    while (true) {
      byte each = next();
      if (bytes.size() >= YamlLimits.FILE_BYTES) {
        throw new IOException("it tells more than " + (YamlLimits.FILE_BYTES >> 20) + " MiB");
      }
      bytes.write(each);
      if (escaped) {
        escaped = false;
      } else if (quoted) {
        escaped = each == '\\';
        quoted = each != '"';
      } else if (each == '"') {
        quoted = true;
      } else if (each == '{') {
        depth++;
      } else if (each == '}' && --depth == 0) {
        return bytes.toByteArray();
      }
    }
  }

  private byte next() throws IOException {
    while (!buffer.hasRemaining()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IOException("it says nothing for " + PATIENCE_MILLIS / 1000 + " s");
      }
      int unused = selector.select(left);
      selector.selectedKeys().clear();
      buffer.clear();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        throw new IOException("it hung up");
      }
    }
    return buffer.get();
  }

  private static OvsTables tables(YamlList result) throws IOException {
    OvsTables tables = OvsTables.empty(true);
    List<YamlNode> operations = result.items();
    for (int i = 0; i < operations.size(); i++) {
      if (!(operations.get(i) instanceof YamlMap answer)
          || !(answer.get("rows") instanceof YamlList rows)) {
        throw new IOException(
            "it has no Open vSwitch: "
                + (operations.get(i) instanceof YamlMap map
                    ? text(map.get("error")) + ", " + text(map.get("details"))
                    : operations.get(i).describe()));
      }
      for (YamlNode node : rows.items()) {
        if (node instanceof YamlMap map) {
          OvsRow row = OvsRow.of(map);
          if (i == 0) {
            tables.bridges().add(row);
          } else {
            Map<String, OvsRow> table = i == 1 ? tables.ports() : tables.interfaces();
            table.put(row.get("_uuid"), row);
          }
        }
      }
    }
    return tables;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
