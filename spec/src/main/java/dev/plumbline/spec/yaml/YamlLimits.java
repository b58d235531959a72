// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

/** What a file may cost before it is refused. */
public final class YamlLimits {
  /** Bytes of one file. A file of 10,000 objects has about one million. */
  public static final int FILE_BYTES = 16 << 20;

  /** Levels of maps and lists. The deepest thing a host file can say has nine. */
  public static final int DEPTH = 32;

  /** Aliases ({@code *name}) in one file. */
  public static final int ALIASES = 1_000;

  /**
   * Nodes that all aliases of one file stand for ("billion laughs"): a few hundred bytes must not
   * cost what a file of megabytes does.
   */
  public static final int ALIASED_NODES = 250_000;

  /** Nodes of one file, aliases counted as often as they are used. */
  public static final int NODES = 2_000_000;

  private YamlLimits() {}
}
