/* SPDX-License-Identifier: Apache-2.0
 *
 * Doing the actions of a flow. dev.plumbline.datapath.packet.ActionExecutor does the same in Java. */
#ifndef PLUMBLINE_EXECUTE_H
#define PLUMBLINE_EXECUTE_H

/* What is known of the port that a frame is to leave by; NULL: it is not to leave, *verdict says what becomes of it. */
static __always_inline struct egress *leave_by(struct __sk_buff *skb, __u32 port, int *verdict)
{
	__u32 index = port, length = skb->len;
	struct egress *egress = bpf_map_lookup_elem(&egresses, &index);

	*verdict = TC_ACT_SHOT;
	if (recording && port) {
		record(skb, port);
		return NULL;
	}
	if (!egress || !egress->ifindex) {
		drop(DROP_PORT_DOWN);
		return NULL;
	}
	if (egress->mtu && !skb->gso_size && length > egress->mtu + ETH_HLEN + 4) {
		drop(DROP_TOO_BIG);
		return NULL;
	}
	count_tx(index, length);
	return egress;
}

/* Sends a copy of the frame by a port. */
static __noinline int output_copy(struct __sk_buff *skb, __u32 port)
{
	struct settings *settings;
	struct egress *egress;
	__u32 mark = skb->mark;
	int failed;

	egress = leave_by(skb, port, &failed);
	if (!egress)
		return failed;
	if (egress->kind == EGRESS_TUNNEL) {
		settings = the_settings();
		if (!settings)
			return drop(DROP_TUNNEL);
		skb->mark = MARK_TUNNEL | egress->tunnel;
		failed = bpf_clone_redirect(skb, settings->upcall_ifindex, 0);
		skb->mark = mark;
	} else {
		failed = bpf_clone_redirect(skb, egress->ifindex, egress->kind == EGRESS_HOST ? BPF_F_INGRESS : 0);
	}
	if (failed < 0)
		count_drop(DROP_CLONE);
	return TC_ACT_SHOT;
}

/* Sends the frame itself by a port; nothing can be done with it after this.
 * may_peer: bpf_redirect_peer may be used, which saves a queue, but hands the frame over as one to the peer's own
 * address, whatever its destination is (skb_scrub_packet makes it PACKET_HOST). A guest would answer, or route, what
 * was flooded to it for somebody else. */
static __noinline int output(struct __sk_buff *skb, __u32 port, bool may_peer)
{
	struct egress *egress;
	int verdict;

	egress = leave_by(skb, port, &verdict);
	if (!egress)
		return verdict;
	if (egress->kind == EGRESS_TUNNEL)
		return encapsulate(skb, egress->tunnel);
	if (egress->kind == EGRESS_HOST)
		return bpf_redirect(egress->ifindex, BPF_F_INGRESS);
	return egress->kind == EGRESS_PEER && may_peer ? bpf_redirect_peer(egress->ifindex, 0)
						       : bpf_redirect(egress->ifindex, 0);
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

/* Fills the frame's hash and headers. A function of its own for the sake of the stack, and outside of loops for the
 * verifier's. */
static __noinline void prepare(struct __sk_buff *skb, struct frame *frame)
{
	struct scratch *scratch = parse_all(skb, frame);

	if (!scratch)
		return;
	begin_rewriting(skb, &scratch->headers, frame->l3_offset + skb->len - frame->length);
	frame->hash = flow_hash_l4_begin(&scratch->key);
}

static __noinline __u32 bucket_port(struct __sk_buff *skb, struct frame *frame, __u32 bond, __u32 kind)
{
	struct flow_key key = {.l2 = frame->key};
	__u32 hash, index, *port;
	__u64 *bytes;

	if (kind == BOND_HASH_L4)
		hash = flow_hash_l4_end(frame->hash, outer_vid(skb));
	else if (bpf_skb_load_bytes(skb, 6, key.l2.eth_src, 6)) /* it may have been set */
		return 0;
	else
		hash = flow_hash_l2(&key, outer_vid(skb));
	index = bond * BUCKETS + (hash & (BUCKETS - 1));
	port = bpf_map_lookup_elem(&buckets, &index);
	bytes = bpf_map_lookup_elem(&bucket_bytes, &index);
	if (bytes)
		*bytes += skb->len;
	return port ? *port : 0;
}

/* What is done with a frame in the end. */
struct ending {
	__u32 type; /* ACTION_OUTPUT, ACTION_UPCALL or ACTION_DROP; ACTION_END: nothing more */
	__u32 arg; /* port or reason */
	bool may_peer;
};

/* Of how many actions nothing is sent, as a meter refused that. It is where the verifier does not know it: with a
 * variable of the program, it would look at all that is done next once for each of its values. */
#define MUTED cb[3]

/* Does one action; true: it was the last one, and *ending is left to be done. */
static __always_inline bool act(struct __sk_buff *skb, const struct action *action, struct frame *frame, bool last,
				bool may_peer, struct ending *ending)
{
	__u32 port = action->port;

	if (skb->MUTED) {
		skb->MUTED--;
		if (action->type == ACTION_OUTPUT || action->type == ACTION_BOND || action->type == ACTION_METER)
			return false;
	}
	ending->arg = action->arg;
	switch (action->type) {
	case ACTION_END:
		return true;
	case ACTION_BOND:
		port = bucket_port(skb, frame, action->arg, action->flags);
		may_peer = false;
		/* fallthrough */
	case ACTION_OUTPUT:
		if (!last) {
			output_copy(skb, port);
			return false;
		}
		ending->type = ACTION_OUTPUT;
		ending->arg = port;
		ending->may_peer = may_peer && action->flags & OUTPUT_KNOWN;
		return true;
	case ACTION_PUSH_VLAN:
		if (!bpf_skb_vlan_push(skb, bpf_htons(action->arg >> 16), action->arg & 0xefff))
			return false;
		ending->arg = DROP_VLAN_OPERATION;
		break;
	case ACTION_POP_VLAN:
		if (!bpf_skb_vlan_pop(skb))
			return false;
		ending->arg = DROP_VLAN_OPERATION;
		break;
	case ACTION_SET:
		if (set_field(skb, frame, action))
			return false;
		ending->arg = DROP_SET;
		break;
	case ACTION_COMMIT:
		return false; /* was done before */
	case ACTION_METER:
		if (meter_lets(skb, port, action->arg))
			return false;
		if (action->flags) {
			drop(DROP_METER);
			skb->MUTED = action->flags;
			return false;
		}
		ending->arg = DROP_METER;
		break;
	case ACTION_UPCALL:
		ending->type = ACTION_UPCALL;
		return true;
	case ACTION_DROP:
		break;
	default:
		ending->arg = DROP_BAD_ACTION;
	}
	ending->type = ACTION_DROP;
	return true;
}

static __always_inline int end(struct __sk_buff *skb, struct frame *frame, struct ending *ending)
{
	switch (ending->type) {
	case ACTION_OUTPUT:
		return output(skb, ending->arg, ending->may_peer);
	case ACTION_UPCALL:
		return upcall(skb, frame->key.in_port, ending->arg, frame->ct[0], frame->ct[1]);
	case ACTION_DROP:
		return drop(ending->arg);
	default:
		return TC_ACT_SHOT;
	}
}

static __noinline int execute_list(struct __sk_buff *skb, struct action_list *list, struct frame *frame, bool may_peer)
{
	struct ending ending = {};
	__u32 n = list->n_actions, refused;

	skb->MUTED = 0;
	if (list->prepares & PREPARES_COMMIT) {
		refused = commit_all(skb, frame, list->actions);
		if (refused)
			return drop(refused);
	}
	if (list->prepares & PREPARES_HEADERS)
		prepare(skb, frame);
	for (__u64 i = 0; i < ACTIONS_LIST && i < n; i++) {
		if (act(skb, &list->actions[i], frame, i + 1 == n, may_peer, &ending))
			break;
	}
	return end(skb, frame, &ending);
}

static __always_inline int execute_flow(struct __sk_buff *skb, struct flow *flow, struct frame *frame, bool may_peer)
{
	struct ending ending = {};
	__u32 n = flow->n_actions, refused;

	skb->MUTED = 0;
	if (n && flow->actions[0].type == ACTION_LIST) {
		__u32 index = flow->actions[0].arg;
		struct action_list *list = bpf_map_lookup_elem(&lists, &index);

		if (!list)
			return drop(DROP_BAD_LIST);
		return execute_list(skb, list, frame, may_peer);
	}
	if (flow->prepares & PREPARES_COMMIT) {
		refused = commit_all(skb, frame, flow->actions);
		if (refused)
			return drop(refused);
	}
	if (flow->prepares & PREPARES_HEADERS)
		prepare(skb, frame);
	for (__u64 i = 0; i < ACTIONS_INLINE && i < n; i++) {
		struct action *action = &flow->actions[i];

		if (act(skb, action, frame, i + 1 == n, may_peer, &ending))
			break;
	}
	return end(skb, frame, &ending);
}

#endif
