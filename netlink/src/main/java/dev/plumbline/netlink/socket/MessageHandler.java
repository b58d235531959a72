// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

/**
 * Takes the messages of a dump one by one. No lambda on purpose: a dump that was interrupted is
 * made again from the start, and whoever has kept something of it must know.
 */
public interface MessageHandler {
  /** A dump begins, for the first time or again: forget what the attempt before has brought. */
  void begin();

  /** One message of the dump. */
  void message(Message message);
}
