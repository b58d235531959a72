/* SPDX-License-Identifier: Apache-2.0
 *
 * Up to Java. Functions that are not static are verified by themselves, once, and not at each call. */
#ifndef PLUMBLINE_UPCALL_H
#define PLUMBLINE_UPCALL_H

/* The frame with its prefix to the TAP. The tag travels in the prefix. */
__noinline int upcall(struct __sk_buff *skb, __u32 in_port, __u32 reason)
{
	struct settings *settings = the_settings();
	struct upcall_prefix prefix = {
		.in_port = in_port,
		.reason = reason,
		.ifindex = skb->ifindex,
		.mark = skb->mark,
	};

	if (recording) {
		record(skb, RECORD_UPCALL | reason);
		return TC_ACT_SHOT;
	}
	if (!settings || !settings->upcall_ifindex)
		return drop(DROP_NO_UPCALL);
	if (skb->vlan_present) {
		prefix.vlan_tci = skb->vlan_tci | VLAN_PRESENT;
		prefix.vlan_tpid = bpf_ntohs(skb->vlan_proto);
		if (bpf_skb_vlan_pop(skb))
			return drop(DROP_UPCALL_FAILED);
	}
	if (bpf_skb_change_head(skb, sizeof(prefix), 0) || bpf_skb_store_bytes(skb, 0, &prefix, sizeof(prefix), 0))
		return drop(DROP_UPCALL_FAILED);
	skb->mark = MARK_UPCALL | in_port;
	return bpf_redirect(settings->upcall_ifindex, 0);
}

#endif
