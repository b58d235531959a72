// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.Check;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.ValueException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be reached after an apply. */
final class CheckForm {
  private static final String PORT =
      "an address and a port such as 192.0.2.1:443 or [2001:db8::1]:443";

  /** Those that ask for nothing by themselves. */
  private static final Set<String> KEYS = Set.of("namespace", "from", "within");

  private CheckForm() {}

  private record Endpoint(IpAddress address, int port) {}

  static @Nullable Check read(String key, Fields fields) {
    IpAddress ping = fields.ip("ping");
    Endpoint tcp = fields.value("tcp", CheckForm::endpoint);
    String from = fields.text("from");
    IpAddress source = null;
    String device = null;
    // No device has a colon in its name, and none that anybody made looks like a dotted quad.
    if (from != null && (from.indexOf(':') >= 0 || from.matches("[0-9]*[.][0-9.]*"))) {
      source = fields.ip("from");
    } else {
      device = from;
    }
    Duration within = within(fields);
    String namespace = DeviceForm.namespace(fields);
    if (fields.has("ping") == fields.has("tcp")) {
      boolean both = fields.has("ping");
      if (!both && !KEYS.containsAll(fields.keys())) {
        return null; // a key that nobody knows is reported, and was meant to say it
      }
      fields.problem(
          both ? fields.position("tcp") : fields.position(""),
          both ? "`ping` and `tcp` exclude each other" : "the check asks for nothing",
          both ? "two checks" : "`ping` with an address, or `tcp` with " + PORT,
          null);
      return null;
    }
    if (ping == null && tcp == null) {
      return null;
    }
    return new Check(
        tcp == null ? Objects.requireNonNull(ping) : tcp.address,
        tcp == null ? null : tcp.port,
        namespace,
        device,
        source,
        within);
  }

  private static Duration within(Fields fields) {
    Duration named = fields.duration("within");
    if (named == null) {
      return Check.USUAL;
    }
    if (named.compareTo(Check.SHORTEST) < 0 || named.compareTo(Check.LONGEST) > 0) {
      fields.problem(
          fields.valuePosition("within"),
          "`" + fields.text("within") + "` is out of range",
          "100ms to 2m",
          null);
      return Check.USUAL;
    }
    return named;
  }

  private static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (colon < 0 || (!bracketed && host.indexOf(':') >= 0)) {
      throw new ValueException("`" + text + "` is no address with a port", PORT);
    }
    IpAddress address = IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host);
    String port = text.substring(colon + 1);
    int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
    if (number < 1 || number > 65535) {
      throw new ValueException("`" + port + "` is no TCP port", "a port from 1 to 65535");
    }
    return new Endpoint(address, number);
  }

  static Tree write(String key, Check check) {
    Tree tree = new Tree();
    if (check.port() == null) {
      tree.put("ping", check.address());
    } else {
      tree.put("tcp", check.endpoint());
    }
    return tree.putUnless("", "namespace", check.namespace())
        .put("from", check.from())
        .putUnless(Check.USUAL, "within", check.within());
  }
}
