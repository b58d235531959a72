// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

/** Something with a descriptor that becomes readable when there is news. */
public sealed interface EventSource extends AutoCloseable permits Subscription, NamespaceWatch {
  /** The descriptor; owned by the source. */
  int fd();

  @Override
  void close();
}
