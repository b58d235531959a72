// SPDX-License-Identifier: Apache-2.0
/**
 * The eBPF bindings of the switch: libbpf.so.1 puts compiled programs into the kernel ({@link
 * dev.plumbline.datapath.bpf.BpfObject}); all else is the bpf(2) system call itself, with its
 * attributes as {@code <linux/bpf.h>} of Linux 6.6 lays them out.
 *
 * <p>Terms:
 *
 * <ul>
 *   <li>An <b>object file</b> is what clang makes of C: programs, the maps they use, constants
 *       ({@code .rodata}) that can be set until it is loaded, and BTF, the types of all that.
 *   <li>A <b>map</b> is the kernel's; a <b>batch</b> is many of its entries in one call.
 *   <li>A <b>pin</b> is a file in a bpffs ({@link dev.plumbline.datapath.bpf.BpfFs}) that keeps a
 *       map or a link alive when nobody has it open.
 *   <li>A <b>hook</b> is where a device hands its frames to a program: {@code tcx} (a list of
 *       links, since Linux 6.6) or {@code clsact} (a qdisc with filters), each for ingress and
 *       egress.
 * </ul>
 *
 * <p>Threads: an object belongs to one thread at a time. A device's index means that of the calling
 * thread's network namespace, a path that of its mount namespace. Loading is serialised, as libbpf
 * has one place for its messages.
 *
 * <p>Rights: CAP_BPF and CAP_NET_ADMIN, to mount a bpffs CAP_SYS_ADMIN; the errors are the
 * kernel's.
 */
@NullMarked
package dev.plumbline.datapath.bpf;

import org.jspecify.annotations.NullMarked;
