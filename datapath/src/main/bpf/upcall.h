/* SPDX-License-Identifier: Apache-2.0
 *
 * Up to Java.
 *
 * All functions are static: one that is not would be verified by itself, once and not at each call, but a kernel without
 * BTF of its own does not know a context as its argument. */
#ifndef PLUMBLINE_UPCALL_H
#define PLUMBLINE_UPCALL_H

#define UPCALL_BURST 256 /* frames: what the TAP's queue has room for */
#define UPCALL_TICK_NS 8000000 /* the coarse clock's step, and some */

/* Whether the port may have one more upcall (the virtual scheduling algorithm of ITU-T I.371, A.1). Before anything
 * else is done to the frame: in a flood nearly all of them end here. Two CPUs may both see the last one free. */
static __always_inline bool has_share(const struct settings *settings, __u32 port)
{
	__u64 interval = settings->upcall_interval_ns, most, now, *used;

	if (!interval)
		return true;
	used = bpf_map_lookup_elem(&upcall_shares, &port);
	if (!used)
		return true;
	now = bpf_ktime_get_coarse_ns();
	most = interval * UPCALL_BURST;
	if (most < UPCALL_TICK_NS)
		most = UPCALL_TICK_NS;
	if (*used > now + most)
		return false;
	*used = (*used > now ? *used : now) + interval;
	return true;
}

/* The frame with its prefix to the TAP. The tag travels in the prefix. */
static __noinline int upcall(struct __sk_buff *skb, __u32 in_port, __u32 reason, __be64 ct, __be64 ct_2)
{
	struct settings *settings = the_settings();
	__u32 zero = 0;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &zero);
	struct upcall_prefix *prefix;

	if (recording) {
		struct record *r = record(skb, RECORD_UPCALL | reason);

		if (r) {
			r->ct[0] = ct;
			r->ct[1] = ct_2;
		}
		return TC_ACT_SHOT;
	}
	count_miss();
	if (!scratch || !settings || !settings->upcall_ifindex)
		return drop(DROP_NO_UPCALL);
	/* What only Java can encapsulate is forwarded traffic, not news. */
	if (reason != UPCALL_TUNNEL && !has_share(settings, in_port))
		return drop(DROP_UPCALL_LIMIT);
	prefix = &scratch->prefix;
	prefix->in_port = in_port;
	prefix->reason = reason;
	prefix->vlan_tci = prefix->vlan_tpid = 0;
	prefix->ifindex = skb->ifindex;
	prefix->mark = skb->mark;
	prefix->ct[0] = ct;
	prefix->ct[1] = ct_2;
	if (skb->vlan_present) {
		prefix->vlan_tci = skb->vlan_tci | VLAN_PRESENT;
		prefix->vlan_tpid = bpf_ntohs(skb->vlan_proto);
		if (bpf_skb_vlan_pop(skb))
			return drop(DROP_UPCALL_FAILED);
	}
	if (bpf_skb_change_head(skb, sizeof(*prefix), 0) || bpf_skb_store_bytes(skb, 0, prefix, sizeof(*prefix), 0))
		return drop(DROP_UPCALL_FAILED);
	skb->mark = MARK_UPCALL | in_port;
	return bpf_redirect(settings->upcall_ifindex, 0);
}

#endif
