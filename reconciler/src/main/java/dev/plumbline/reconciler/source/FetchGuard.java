// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * Ends one fetch that takes too long or brings too much, from a thread of its own: JGit knows only
 * of silence, and a server that sends a byte a second is never silent.
 */
final class FetchGuard implements AutoCloseable {
  private static final long LOOK_MILLIS = 250;

  /** What JGit calls the file that it receives a pack into. */
  private static final String INCOMING = "incoming_";

  private final FetchLimits limits;
  private final File objects;
  private final long end;
  private final Thread thread = new Thread(this::watch, "fetch-guard");
  private final Set<HttpURLConnection> waiting = ConcurrentHashMap.newKeySet();
  private final List<Runnable> cuts = new ArrayList<>();
  private final Thread fetching = Thread.currentThread();
  private volatile @Nullable String over;
  private boolean closed;

  /**
   * Begins to watch what the calling thread does, which closes this, too.
   *
   * @param clone directory that is fetched into
   */
  FetchGuard(FetchLimits limits, File clone) {
    this.limits = limits;
    this.objects = new File(clone, "objects");
    this.end = System.nanoTime() + limits.time().toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  /** Why the fetch was ended; null: it was not. */
  @Nullable String reason() {
    return over;
  }

  /**
   * What ends a connection over ssh if need be; runs on the guard's thread. Whoever waits for more
   * of what the server sends is interrupted, too: JGit's sessions are closed with politeness, and a
   * server that goes on sending need not take part.
   */
  synchronized void cutBy(Runnable cut) {
    cuts.add(cut);
  }

  private void watch() {
    try {
      while (true) {
        synchronized (this) {
          if (closed) {
            return;
          }
          wait(LOOK_MILLIS);
        }
        if (over != null) {
          interrupt();
        } else if (System.nanoTime() - end > 0) {
          cut("it took longer than " + shown(limits.time()));
        } else if (received() > limits.packBytes()) {
          cut("it would bring more than " + (limits.packBytes() >> 20) + " MiB");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cut(String why) {
    List<Runnable> all;
    synchronized (this) {
      if (closed) {
        return;
      }
      over = why;
      all = List.copyOf(cuts);
    }
    interrupt();
    all.forEach(Runnable::run);
    waiting.forEach(HttpURLConnection::disconnect);
  }

  private synchronized void interrupt() {
    if (!closed && !cuts.isEmpty()) {
      fetching.interrupt();
    }
  }

  private static String shown(Duration time) {
    return time.toSeconds() < 120 ? time.toSeconds() + " s" : time.toMinutes() + " min";
  }

  private long received() {
    File[] files = objects.listFiles((directory, name) -> name.startsWith(INCOMING));
    long bytes = 0;
    if (files != null) {
      for (File file : files) {
        bytes += file.length();
      }
    }
    return bytes;
  }

  /** Lets JGit stop between two objects. */
  ProgressMonitor monitor() {
    return new EmptyProgressMonitor() {
      @Override
      public boolean isCancelled() {
        return over != null;
      }
    };
  }

  /** Connections over http that end when they have to. */
  HttpConnectionFactory http() {
    return new HttpConnectionFactory() {
      @Override
      public HttpConnection create(URL url) throws IOException {
        return new Guarded(noticed(url), Proxy.NO_PROXY);
      }

      @Override
      public HttpConnection create(URL url, Proxy proxy) throws IOException {
        return new Guarded(noticed(url), proxy);
      }
    };
  }

  /** The same URL, whose connections are known here: JGit gives none of them away. */
  private URL noticed(URL url) throws IOException {
    return new URL(
        null,
        url.toExternalForm(),
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL asked) throws IOException {
            return openConnection(asked, Proxy.NO_PROXY);
          }

          @Override
          protected URLConnection openConnection(URL asked, Proxy proxy) throws IOException {
            URLConnection connection = url.openConnection(proxy);
            if (connection instanceof HttpURLConnection http) {
              waiting.add(http);
            }
            return connection;
          }

          @Override
          protected int getDefaultPort() {
            return url.getDefaultPort();
          }
        });
  }

  private final class Guarded extends JDKHttpConnection {
    Guarded(URL url, Proxy proxy) throws IOException {
      super(url, proxy);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      InputStream in = super.getInputStream();
      // From here on each byte is looked at; closing a stream that is read from would wait for it.
      waiting.clear();
      return new FilterInputStream(in) {
        @Override
        public int read() throws IOException {
          check();
          return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          check();
          return super.read(bytes, offset, length);
        }
      };
    }

    private void check() throws IOException {
      String why = over;
      if (why != null) {
        throw new IOException(why);
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    if (over != null && !cuts.isEmpty()) {
      boolean unused = Thread.interrupted(); // by this guard; who ends the thread says so elsewhere
    }
  }
}
