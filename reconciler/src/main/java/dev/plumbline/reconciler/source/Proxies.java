// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names, as curl(1) and git read it: {@code http_proxy}, {@code
 * https_proxy} or {@code HTTPS_PROXY}, {@code all_proxy} or {@code ALL_PROXY} for http and https
 * repositories; {@code no_proxy} or {@code NO_PROXY} lists names, their suffixes and addresses that
 * are asked without one, {@code *} for all. {@code HTTP_PROXY} is not read, as a web server's
 * programs get it from whoever asks.
 */
final class Proxies extends ProxySelector {
  private static final int USUAL_PORT = 1080; // curl's

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * For the whole process, if the environment names any.
   *
   * @throws IllegalArgumentException if what it names is no URL
   */
  static void install(Map<String, String> environment) {
    Proxies proxies = new Proxies(environment);
    if (proxies.proxy("http") == null && proxies.proxy("https") == null) {
      return;
    }
    ProxySelector.setDefault(proxies);
    Authenticator.setDefault(proxies.authenticator());
    // Java sends no password to a proxy for https otherwise; it is for whoever configured it to
    // say.
    System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
  }

  @Override
  public List<Proxy> select(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    URI proxy = proxy(scheme);
    if (proxy == null || isExcepted(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    Proxy.Type type = proxy.getScheme().startsWith("socks") ? Proxy.Type.SOCKS : Proxy.Type.HTTP;
    int port = proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
    return List.of(new Proxy(type, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // whoever asked gets the failure itself
  }

  private String named(String scheme) {
    String upper = scheme.equals("http") ? "" : value("HTTPS_PROXY");
    for (String text :
        List.of(value(scheme + "_proxy"), upper, value("all_proxy"), value("ALL_PROXY"))) {
      if (!text.isEmpty()) {
        return text;
      }
    }
    return "";
  }

  private String value(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /** Null for none. */
  private @Nullable URI proxy(String scheme) {
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return null;
    }
    String text = named(scheme);
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() == null) {
        throw new URISyntaxException(text, "no host");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the environment's proxy for " + scheme + " is no URL: " + e.getReason(), e);
    }
  }

  private boolean isExcepted(String host) {
    String list = value("no_proxy").isEmpty() ? value("NO_PROXY") : value("no_proxy");
    for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
      String name = entry.startsWith(".") ? entry.substring(1) : entry;
      if (entry.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return true;
      }
    }
    return false;
  }

  private Authenticator authenticator() {
    return new Authenticator() {
      @Override
      protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
          return null;
        }
        for (String scheme : List.of("http", "https")) {
          URI proxy = proxy(scheme);
          if (proxy != null
              && proxy.getUserInfo() != null
              && proxy.getHost().equalsIgnoreCase(getRequestingHost())) {
            String[] parts = proxy.getUserInfo().split(":", 2);
            return new PasswordAuthentication(
                parts[0], parts.length < 2 ? new char[0] : parts[1].toCharArray());
          }
        }
        return null;
      }
    };
  }
}
