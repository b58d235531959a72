// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.STRING;
import static dev.plumbline.netlink.wire.Codecs.U32;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;

/**
 * The metrics of a route (RTA_METRICS, RTAX_* of {@code <linux/rtnetlink.h>}); all are settings of
 * TCP but the MTU and hop limit.
 */
public final class RouteMetrics {
  /** Bit N set: metric N is not changed by what the kernel learns. */
  public static final Attribute<Long> LOCK = new Attribute<>(1, "RTAX_LOCK", U32);

  /** Path MTU, bytes; above 65520 (IPv4: 65535 - 15) it is clamped. */
  public static final Attribute<Long> MTU = new Attribute<>(2, "RTAX_MTU", U32);

  /** Largest window, bytes. */
  public static final Attribute<Long> WINDOW = new Attribute<>(3, "RTAX_WINDOW", U32);

  /** Round-trip time, in eighths of a millisecond. */
  public static final Attribute<Long> RTT = new Attribute<>(4, "RTAX_RTT", U32);

  /** Its variance, in quarters of a millisecond. */
  public static final Attribute<Long> RTTVAR = new Attribute<>(5, "RTAX_RTTVAR", U32);

  /** Slow start threshold, packets. */
  public static final Attribute<Long> SSTHRESH = new Attribute<>(6, "RTAX_SSTHRESH", U32);

  /** Clamp of the congestion window, packets; counts only if locked. */
  public static final Attribute<Long> CWND = new Attribute<>(7, "RTAX_CWND", U32);

  /** Advertised MSS, bytes; above 65495 (65535 - 40) it is clamped. */
  public static final Attribute<Long> ADVMSS = new Attribute<>(8, "RTAX_ADVMSS", U32);

  /** Reordering, packets. */
  public static final Attribute<Long> REORDERING = new Attribute<>(9, "RTAX_REORDERING", U32);

  /** Hop limit or TTL, 0 to 255. */
  public static final Attribute<Long> HOPLIMIT = new Attribute<>(10, "RTAX_HOPLIMIT", U32);

  /** Initial congestion window, packets. */
  public static final Attribute<Long> INITCWND = new Attribute<>(11, "RTAX_INITCWND", U32);

  /** Bit 0: ECN. Others are refused (EINVAL). */
  public static final Attribute<Long> FEATURES = new Attribute<>(12, "RTAX_FEATURES", U32);

  /** Smallest retransmission time-out, milliseconds. */
  public static final Attribute<Long> RTO_MIN = new Attribute<>(13, "RTAX_RTO_MIN", U32);

  /** Initial receive window, packets. */
  public static final Attribute<Long> INITRWND = new Attribute<>(14, "RTAX_INITRWND", U32);

  /** 1: acknowledges at once. */
  public static final Attribute<Long> QUICKACK = new Attribute<>(15, "RTAX_QUICKACK", U32);

  /**
   * Congestion control, such as "bbr". ENOENT-like refusal (EINVAL) if the kernel has none of that
   * name.
   */
  public static final Attribute<String> CC_ALGO = new Attribute<>(16, "RTAX_CC_ALGO", STRING);

  /** 1: TCP fast open without a cookie. */
  public static final Attribute<Long> FASTOPEN_NO_COOKIE =
      new Attribute<>(17, "RTAX_FASTOPEN_NO_COOKIE", U32);

  /** All metrics that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "RTAX",
          LOCK,
          MTU,
          WINDOW,
          RTT,
          RTTVAR,
          SSTHRESH,
          CWND,
          ADVMSS,
          REORDERING,
          HOPLIMIT,
          INITCWND,
          FEATURES,
          RTO_MIN,
          INITRWND,
          QUICKACK,
          CC_ALGO,
          FASTOPEN_NO_COOKIE);

  private RouteMetrics() {}
}
