// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a browser may do that reaches the socket by a forwarded port, as whoever forwards it: read,
 * for the agent's own page alone. For a browser sends what any page asks it to.
 *
 * <ul>
 *   <li><b>Host</b> has to be a name that is this machine's own everywhere. A page of {@code
 *       evil.example} whose name leads to 127.0.0.1 by now (DNS rebinding) would be of the same
 *       origin as the agent's, and read all. So would one of a bare name, which a search domain or
 *       multicast DNS gives to whoever is near.
 *   <li><b>Sec-Fetch-Site</b> (W3C Fetch Metadata; browsers send it to localhost) tells requests of
 *       other pages. They may lead here, as a link does, and not fetch or frame anything.
 *   <li><b>Changes</b> are for those who are no browser: every browser says Origin with a POST.
 * </ul>
 */
final class OwnPage {
  private static final Pattern HERE =
      Pattern.compile("(localhost|[a-z0-9.-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");

  private static final Set<String> OWN = Set.of("same-origin", "none");

  private OwnPage() {}

  /**
   * Judges a request.
   *
   * @return null: nothing speaks against it
   */
  static Access.@Nullable Refusal refusal(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String host = headers.get(HttpHeaderNames.HOST);
    if (host != null && !HERE.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      return refused(
          "the agent is not "
              + host
              + ": ask for http://localhost, with the port that you have forwarded to its socket");
    }
    String site = headers.get("Sec-Fetch-Site");
    boolean changes = !request.method().equals(HttpMethod.GET);
    if (changes && (site != null || headers.contains(HttpHeaderNames.ORIGIN))) {
      return refused("a browser may read here, and change nothing: use the command line");
    }
    boolean isLed =
        "navigate".equals(headers.get("Sec-Fetch-Mode"))
            && "document".equals(headers.get("Sec-Fetch-Dest"));
    return site == null || OWN.contains(site) || isLed
        ? null
        : refused("another page may not ask the agent anything");
  }

  private static Access.Refusal refused(String why) {
    return new Access.Refusal(HttpResponseStatus.FORBIDDEN, why);
  }
}
