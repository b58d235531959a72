/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch's fast path. It knows no policy: a frame's key is looked up in the flows that Java has decided, and the
 * flow's actions are done; a frame that no flow knows goes up to Java.
 *
 *   port_ingress   tcx or clsact ingress of every port's device, and of the legs of internal ports
 *   host_egress    egress of an internal port of this namespace: what the host sends. A miss goes on to the leg.
 *   underlay       ingress of the host's IP devices: takes GRE for our tunnels out
 *   hidden_egress  egress of the TAP: what Java sends (its mark names a slot of actions), and clones for tunnels
 *
 * No helper that is for GPL programs only is used, so that this file has the licence of all the others.
 */
#include "flow.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PACKET_HOST 0 /* <linux/if_packet.h> */

#include "maps.h"
#include "parse.h"
#include "hash.h"
#include "scratch.h"
#include "upcall.h"
#include "tunnel.h"
#include "rewrite.h"
#include "connection.h"
#include "meter.h"
#include "execute.h"

/* The flow of the packet that the scratch's key is of. A stale flow does not hide one under a later mask. */
static __noinline struct flow *masked_flow(const struct scratch *scratch, const struct frame *frame, __u32 generation)
{
	struct settings *settings = the_settings();

	if (!settings)
		return NULL;
	for (__u64 i = 0; i < MASKS; i++) {
		struct masked_key masked = {.mask = i};
		__u32 index = i; /* kernels up to 6.1 lose count of what is stored in four bytes and read again */
		struct flow_key *mask;
		struct flow *flow;
		__u64 *from = (__u64 *)&scratch->key, *bits, *to = (__u64 *)&masked.key;

		if (i >= settings->n_masks)
			break;
		mask = bpf_map_lookup_elem(&masks, &index);
		if (!mask)
			break;
		bits = (__u64 *)mask;
		for (int word = 0; word < sizeof(scratch->key) / 8; word++)
			to[word] = from[word] & bits[word];
		masked.key.ct = frame->ct[0] & mask->ct;
		masked.key.ct_2 = frame->ct[1] & mask->ct_2;
		flow = bpf_map_lookup_elem(&flows, &masked);
		if (flow && flow->generation == generation)
			return flow;
	}
	return NULL;
}

/* The flow of a frame; NULL: none. */
static __always_inline struct flow *find_flow(struct __sk_buff *skb, const struct frame *frame,
					      const struct bridge *bridge)
{
	struct flow *flow = bpf_map_lookup_elem(&flows_l2, &frame->key);
	struct scratch *scratch;

	if (flow && flow->generation == bridge->generation)
		return flow;
	if (!(bridge->flags & BRIDGE_MASKED))
		return NULL;
	scratch = parse_all(skb, frame);
	return scratch ? masked_flow(scratch, frame, bridge->generation) : NULL;
}

static __always_inline void count_trail(struct __sk_buff *skb, __u32 number)
{
	__u32 index = (bpf_get_smp_processor_id() % TRAIL_SHARDS) * TRAILS + number;
	struct trail *trail = number ? bpf_map_lookup_elem(&trails, &index) : NULL;

	if (!trail)
		return;
	__sync_fetch_and_add(&trail->packets, 1);
	__sync_fetch_and_add(&trail->bytes, frame_bytes(skb));
	trail->used_ns = bpf_ktime_get_coarse_ns();
}

static __always_inline void count_flow(struct __sk_buff *skb, struct flow *flow)
{
	__sync_fetch_and_add(&flow->packets, 1);
	__sync_fetch_and_add(&flow->bytes, frame_bytes(skb));
	flow->used_ns = bpf_ktime_get_coarse_ns();
}

/* Asks connection tracking, then looks for the frame's flow by the answer, until that flow does something else. NULL: there
 * is none. A flow that asks more often than a key has room for comes back, and is none that anybody can execute. */
static __noinline struct flow *tracked_flow(struct __sk_buff *skb, struct frame *frame, __u32 zone, __u32 answers,
					    __u32 generation)
{
	struct scratch *scratch = parse_all(skb, frame);
	struct flow *flow = NULL;

	if (!scratch)
		return NULL;
	for (__u64 i = 0; i < CT_ANSWERS; i++) {
		if (i < answers)
			continue;
		frame->ct[i] = track(skb, frame, scratch, zone);
		flow = masked_flow(scratch, frame, generation);
		if (!flow)
			return NULL;
		count_flow(skb, flow);
		if (flow->actions[0].type != ACTION_TRACK)
			return flow;
		zone = flow->actions[0].arg;
	}
	return flow;
}

/* What becomes of a frame that came in by a port: TC_ACT_*, or TC_ACT_UNSPEC for a miss on the egress hook. */
static __always_inline int switch_frame(struct __sk_buff *skb, __u16 in_port, __u16 bridge_number, bool at_ingress,
					bool may_peer)
{
	__u32 bridge_index = bridge_number;
	struct bridge *bridge = bpf_map_lookup_elem(&bridges, &bridge_index);
	struct frame frame = {.key.in_port = in_port};
	struct flow *flow;

	if (!bridge)
		return drop(DROP_UNKNOWN_DEVICE);
	if (parse_l2(skb, &frame))
		return drop(DROP_MALFORMED);
	flow = find_flow(skb, &frame, bridge);
	if (!flow && !at_ingress)
		return TC_ACT_UNSPEC;
	count_rx(in_port, skb->len);
	if (!flow)
		return upcall(skb, in_port, UPCALL_MISS, 0, 0);

	count_flow(skb, flow);
	if (flow->actions[0].type == ACTION_TRACK) {
		flow = tracked_flow(skb, &frame, flow->actions[0].arg, 0, bridge->generation);
		if (!flow)
			return upcall(skb, in_port, UPCALL_MISS, frame.ct[0], frame.ct[1]);
	}
	count_trail(skb, flow->trail);
	return execute_flow(skb, flow, &frame, at_ingress && may_peer);
}

SEC("tc")
int port_ingress(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct ingress *ingress = bpf_map_lookup_elem(&ingresses, &ifindex);

	/* Not a port yet, or no more: the host's. To attach a program takes milliseconds, to write a map takes none. */
	if (!ingress)
		return TC_ACT_UNSPEC;
	if (ingress->role == INGRESS_SHARED && skb->pkt_type == PACKET_HOST)
		return TC_ACT_UNSPEC;
	if (ingress->role == INGRESS_TUNNEL) {
		__u32 type = ingress->port;

		ingress = tunnel_port(skb, type);
		if (!ingress)
			return new_tunnel_end(skb, type);
	}
	return switch_frame(skb, ingress->port, ingress->bridge, true, true);
}

SEC("tc")
int host_egress(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct ingress *ingress = bpf_map_lookup_elem(&ingresses, &ifindex);

	if (!ingress)
		return TC_ACT_UNSPEC;
	return switch_frame(skb, ingress->port, ingress->bridge, false, false);
}

SEC("tc")
int underlay(struct __sk_buff *skb)
{
	struct ingress ingress = {};
	int found;

	/* A router's or a bridge's port sees what is for others too. */
	if (skb->pkt_type != PACKET_HOST)
		return TC_ACT_UNSPEC;
	found = gre_port(skb, &ingress);
	if (found == GRE_FOREIGN)
		return TC_ACT_UNSPEC;
	if (found == GRE_DROPPED)
		return TC_ACT_SHOT;
	return switch_frame(skb, ingress.port, ingress.bridge, true, skb->cb[2]);
}

/* A frame that came up counts in the flow that was made for it, as those that follow it do. */
static __noinline int count_slot(struct __sk_buff *skb, const struct frame *frame, __u32 bridge_index)
{
	struct bridge *bridge = bpf_map_lookup_elem(&bridges, &bridge_index);
	struct flow *flow = bridge ? find_flow(skb, frame, bridge) : NULL;

	if (flow)
		count_flow(skb, flow);
	return 0;
}

/* A frame that came up, and of which Java wants to know what connection it is of. */
static __noinline int track_slot(struct __sk_buff *skb, struct frame *frame, __u32 bridge_index, __u32 zone)
{
	struct bridge *bridge = bpf_map_lookup_elem(&bridges, &bridge_index);
	struct flow *flow;

	if (!bridge)
		return drop(DROP_SLOT);
	flow = tracked_flow(skb, frame, zone, frame->ct[0] ? 1 : 0, bridge->generation);
	if (!flow)
		return upcall(skb, frame->key.in_port, UPCALL_MISS, frame->ct[0], frame->ct[1]);
	count_trail(skb, flow->trail);
	return execute_flow(skb, flow, frame, false);
}

SEC("tc")
int hidden_egress(struct __sk_buff *skb)
{
	__u32 mark = skb->mark, index = mark & 0xffff;

	if ((mark & 0xffff0000) == MARK_SLOT) {
		struct slot *slot = bpf_map_lookup_elem(&slots, &index);
		struct frame frame = {};

		skb->mark = 0;
		if (!slot)
			return drop(DROP_SLOT);
		if (slot->vlan_tci &&
		    bpf_skb_vlan_push(skb, bpf_htons(slot->vlan_tpid), slot->vlan_tci & ~VLAN_PRESENT))
			return drop(DROP_VLAN_OPERATION);
		frame.key.in_port = slot->in_port;
		if (parse_l2(skb, &frame))
			return drop(DROP_MALFORMED);
		frame.ct[0] = slot->ct[0];
		frame.ct[1] = slot->ct[1];
		if (slot->bridge)
			count_slot(skb, &frame, slot->bridge);
		if (slot->list.actions[0].type == ACTION_TRACK)
			return track_slot(skb, &frame, slot->bridge, slot->list.actions[0].arg);
		count_trail(skb, slot->trail);
		return execute_list(skb, &slot->list, &frame, false);
	}
	if ((mark & 0xffff0000) == MARK_TUNNEL) {
		skb->mark = 0;
		return encapsulate(skb, index);
	}
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "Apache-2.0";
