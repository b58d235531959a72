// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

/** What a {@link Link} counts: a number in struct rtnl_link_stats64. */
public enum LinkCounter {
  RX_PACKETS(0),
  TX_PACKETS(1),
  RX_BYTES(2),
  TX_BYTES(3),
  RX_ERRORS(4),
  TX_ERRORS(5),
  /** Received and not taken, for instance as there was no memory. */
  RX_DROPPED(6),
  /** To be sent, and not sent. */
  TX_DROPPED(7);

  private final int place;

  LinkCounter(int place) {
    this.place = place;
  }

  int offset() {
    return place * Long.BYTES;
  }
}
