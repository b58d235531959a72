// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.live.Touched;
import java.util.HashMap;
import java.util.Map;

/** What every watch notes until it is asked: that something happened, when first, and what. */
public abstract class NotedWatch implements KernelWatch {
  private Map<String, Touched> touched = new HashMap<>();
  private boolean happened;

  /** When the first event since the last {@link #forget} came. */
  private long firstNanos;

  /** Whether more happened than events tell. */
  private boolean whole;

  private boolean namesChanged = true;

  /** Something happened. */
  protected final void note(long nanos) {
    if (!happened) {
      happened = true;
      firstNanos = nanos;
    }
  }

  /** More happened than events tell. */
  protected final void noteWhole() {
    whole = true;
  }

  /** A namespace came or went. */
  protected final void noteNames() {
    namesChanged = true;
  }

  protected final boolean haveNamesChanged() {
    return namesChanged;
  }

  /** The namespaces are looked at anew, and all that is in them. */
  protected final void takeNames() {
    namesChanged = false;
    whole = true;
  }

  @Override
  public final boolean happened() {
    return happened;
  }

  @Override
  public final long firstNanos() {
    return firstNanos;
  }

  @Override
  public final boolean isWhole() {
    return whole || namesChanged;
  }

  @Override
  public final Map<String, Touched> take() {
    Map<String, Touched> taken = touched;
    touched = new HashMap<>();
    happened = false;
    return taken;
  }

  @Override
  public final Touched touched(String namespace) {
    return touched.computeIfAbsent(namespace, name -> new Touched());
  }

  @Override
  public final void forget() {
    happened = false;
    whole = false;
    touched.clear();
  }
}
