// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What has to be reached after an apply.
 *
 * @param address what is asked
 * @param port TCP port that has to take a connection, 1 to 65535; null: the address has to answer
 *     ICMP echo requests
 * @param namespace from which it is asked; "" for the host's own
 * @param device that all is sent through, as a reference; null: what the routes say
 * @param source address that all is sent from; null: the one that the kernel chooses
 * @param within time from the last step until it has to hold, {@link #SHORTEST} to {@link #LONGEST}
 */
public record Check(
    IpAddress address,
    @Nullable Integer port,
    String namespace,
    @Nullable String device,
    @Nullable IpAddress source,
    Duration within) {

  /** How long one may take that does not say it. */
  public static final Duration USUAL = Duration.ofSeconds(10);

  public static final Duration SHORTEST = Duration.ofMillis(100);

  /** An agent that is silent for longer is taken for hung. */
  public static final Duration LONGEST = Duration.ofMinutes(2);

  /** As the file says what is asked: {@code ping 192.0.2.1}, {@code tcp 192.0.2.1:443}. */
  public String target() {
    if (port == null) {
      return "ping " + address;
    }
    return "tcp " + endpoint();
  }

  /** Address and port: {@code 192.0.2.1:443}, {@code [2001:db8::1]:443}. */
  public String endpoint() {
    String host = address.bytes().length == 4 ? address.toString() : "[" + address + "]";
    return host + ":" + port;
  }

  /** What it is asked from, as the file says it; null if it says nothing. */
  public @Nullable String from() {
    return device != null ? device : source == null ? null : source.toString();
  }

  /** The same through the device of that name. */
  public Check through(@Nullable String name) {
    return new Check(address, port, namespace, name, source, within);
  }

  /** The same with at most that much time. */
  public Check atMost(Duration time) {
    return within.compareTo(time) <= 0
        ? this
        : new Check(address, port, namespace, device, source, time);
  }
}
