/* SPDX-License-Identifier: Apache-2.0
 *
 * Doing the actions of a flow. dev.plumbline.datapath.packet.ActionExecutor does the same in Java. */
#ifndef PLUMBLINE_EXECUTE_H
#define PLUMBLINE_EXECUTE_H

/* Sends by a port. last: nothing is done with the frame after this, so that no copy is needed; the verdict is
 * returned. Otherwise a copy goes out, and what is returned means nothing.
 * may_peer: bpf_redirect_peer may be used, which saves a queue, but hands the frame over as one to the peer's own
 * address, whatever its destination is (skb_scrub_packet makes it PACKET_HOST). A guest would answer, or route, what
 * was flooded to it for somebody else. */
__noinline int output(struct __sk_buff *skb, __u32 port, bool last, bool may_peer)
{
	__u32 index = port, length = skb->len;
	struct egress *egress = bpf_map_lookup_elem(&egresses, &index);
	int failed;

	if (recording && port) {
		record(skb, port);
		return TC_ACT_SHOT;
	}
	if (!egress || !egress->ifindex)
		return drop(DROP_PORT_DOWN);
	if (egress->mtu && !skb->gso_size && length > egress->mtu + ETH_HLEN + 4)
		return drop(DROP_TOO_BIG);
	count_tx(index, length);
	if (egress->kind == EGRESS_TUNNEL) {
		struct settings *settings = the_settings();
		__u32 mark = skb->mark;

		if (last)
			return encapsulate(skb, egress->tunnel);
		if (!settings)
			return drop(DROP_TUNNEL);
		skb->mark = MARK_TUNNEL | egress->tunnel;
		failed = bpf_clone_redirect(skb, settings->upcall_ifindex, 0);
		skb->mark = mark;
	} else if (egress->kind == EGRESS_HOST) {
		if (last)
			return bpf_redirect(egress->ifindex, BPF_F_INGRESS);
		failed = bpf_clone_redirect(skb, egress->ifindex, BPF_F_INGRESS);
	} else {
		if (last)
			return egress->kind == EGRESS_PEER && may_peer ? bpf_redirect_peer(egress->ifindex, 0)
								       : bpf_redirect(egress->ifindex, 0);
		failed = bpf_clone_redirect(skb, egress->ifindex, 0);
	}
	if (failed < 0)
		count_drop(DROP_CLONE);
	return TC_ACT_SHOT;
}

/* The VLAN of the outermost tag, wherever that is; 0: there is none, or no whole one. */
static __always_inline __be16 outer_vid(struct __sk_buff *skb)
{
	__be16 tag[3];

	if (skb->vlan_present)
		return bpf_htons(skb->vlan_tci & 0x0fff);
	if (bpf_skb_load_bytes(skb, 12, tag, sizeof(tag)) || !is_tpid(tag[0]))
		return 0;
	return tag[1] & bpf_htons(0x0fff);
}

__noinline int bucket_port(struct __sk_buff *skb, struct frame *frame, __u32 bond, __u32 kind)
{
	struct flow_key whole = {};
	__u32 hash, index, *port;
	__u64 *bytes;

	if (!frame)
		return 0;
	whole.l2 = frame->key;
	if (kind == BOND_HASH_L4) {
		parse_l3(skb, frame, &whole);
		hash = flow_hash_l4(&whole, outer_vid(skb));
	} else {
		hash = flow_hash_l2(&whole, outer_vid(skb));
	}
	index = bond * BUCKETS + (hash & (BUCKETS - 1));
	port = bpf_map_lookup_elem(&buckets, &index);
	bytes = bpf_map_lookup_elem(&bucket_bytes, &index);
	if (bytes)
		*bytes += skb->len;
	return port ? *port : 0;
}

/* Does one action. 0: go on with the next; 1: done, *verdict says what becomes of the frame. */
static __always_inline int act(struct __sk_buff *skb, const struct action *action, struct frame *frame, bool last,
			       bool may_peer, int *verdict)
{
	__u16 port;

	switch (action->type) {
	case ACTION_END:
		return 1;
	case ACTION_OUTPUT:
		*verdict = output(skb, action->port, last, may_peer && action->flags & OUTPUT_KNOWN);
		return last;
	case ACTION_BOND:
		port = bucket_port(skb, frame, action->arg, action->flags);
		*verdict = output(skb, port, last, false);
		return last;
	case ACTION_PUSH_VLAN:
		if (bpf_skb_vlan_push(skb, bpf_htons(action->arg >> 16), action->arg & 0xefff)) {
			*verdict = drop(DROP_VLAN_OPERATION);
			return 1;
		}
		return 0;
	case ACTION_POP_VLAN:
		if (bpf_skb_vlan_pop(skb)) {
			*verdict = drop(DROP_VLAN_OPERATION);
			return 1;
		}
		return 0;
	case ACTION_UPCALL:
		*verdict = upcall(skb, frame->key.in_port, action->arg);
		return 1;
	case ACTION_DROP:
		*verdict = drop(action->arg);
		return 1;
	default:
		*verdict = drop(DROP_BAD_ACTION);
		return 1;
	}
}

__noinline int execute_list(struct __sk_buff *skb, struct action_list *list, struct frame *frame, bool may_peer)
{
	int verdict = TC_ACT_SHOT;
	__u32 n;

	if (!list || !frame)
		return TC_ACT_SHOT;
	n = list->n_actions;
	for (__u32 i = 0; i < ACTIONS_LIST && i < n; i++) {
		if (act(skb, &list->actions[i], frame, i + 1 == n, may_peer, &verdict))
			break;
	}
	return verdict;
}

static __always_inline int execute_flow(struct __sk_buff *skb, struct flow *flow, struct frame *frame, bool may_peer)
{
	int verdict = TC_ACT_SHOT;
	__u32 n = flow->n_actions;

	for (__u32 i = 0; i < ACTIONS_INLINE && i < n; i++) {
		struct action *action = &flow->actions[i];

		if (action->type == ACTION_LIST) {
			__u32 index = action->arg;
			struct action_list *list = bpf_map_lookup_elem(&lists, &index);

			if (!list)
				return drop(DROP_BAD_LIST);
			return execute_list(skb, list, frame, may_peer);
		}
		if (act(skb, action, frame, i + 1 == n, may_peer, &verdict))
			break;
	}
	return verdict;
}

#endif
