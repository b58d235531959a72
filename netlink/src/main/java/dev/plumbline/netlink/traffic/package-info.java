// SPDX-License-Identifier: Apache-2.0
/**
 * As much of the kernel's traffic control as hands frames to eBPF programs: the {@code clsact}
 * qdisc ({@link dev.plumbline.netlink.traffic.Clsact}), which queues nothing, and the {@code bpf}
 * filters on it ({@link dev.plumbline.netlink.traffic.BpfFilter}).
 *
 * <p>Terms: a <b>filter</b> stands at a <b>priority</b> (its place, the smaller first, from 1) and
 * has a <b>handle</b> (its number at that priority, from 1).
 *
 * <p>Threading: values are immutable; requests are made through a socket, which belongs to one
 * thread at a time. Source: {@code <linux/rtnetlink.h>}, {@code <linux/pkt_sched.h>}, {@code
 * <linux/pkt_cls.h>}.
 */
@NullMarked
package dev.plumbline.netlink.traffic;

import org.jspecify.annotations.NullMarked;
