// SPDX-License-Identifier: Apache-2.0
//
// Small programs that the tests of the bindings load: they count and redirect. And one variable of each structure of
// flow.h, so that its BTF is in the object.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "flow.h"

const volatile __u32 step = 1;
const volatile __u8 verdict = 0; /* 255: TC_ACT_UNSPEC, which is "next" */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_MMAPABLE);
} shared SEC(".maps");

static __always_inline void add(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex, zero = 0;
	__u64 first = step, *value = bpf_map_lookup_elem(&counts, &ifindex);

	if (value)
		__sync_fetch_and_add(value, step);
	else
		bpf_map_update_elem(&counts, &ifindex, &first, BPF_ANY);
	value = bpf_map_lookup_elem(&totals, &zero);
	if (value)
		*value += step;
}

/* Counts what passes. */
SEC("tc")
int count(struct __sk_buff *skb)
{
	add(skb);
	return verdict == 255 ? TC_ACT_UNSPEC : verdict;
}

/* Counts twice: another program for the same hook. */
SEC("tc")
int count_twice(struct __sk_buff *skb)
{
	add(skb);
	add(skb);
	return TC_ACT_UNSPEC;
}

/* Sends everything to the device in shared[0]; its mark to shared[1], its incoming device to shared[2]. */
SEC("tc")
int redirect(struct __sk_buff *skb)
{
	__u32 index = 0, one = 1, two = 2;
	__u64 *ifindex = bpf_map_lookup_elem(&shared, &index);
	__u64 *mark = bpf_map_lookup_elem(&shared, &one);
	__u64 *ingress = bpf_map_lookup_elem(&shared, &two);

	if (!ifindex || !mark || !ingress)
		return TC_ACT_SHOT;
	*mark = skb->mark;
	*ingress = skb->ingress_ifindex;
	skb->mark = 0;
	return bpf_redirect(*ifindex, 0);
}

/* Pushes a tag into the frame's bytes, by another one beside them. That one's TCI is left in cb[0]. */
SEC("tc")
int tag(struct __sk_buff *skb)
{
	if (bpf_skb_vlan_push(skb, bpf_htons(0x8100), 7) || bpf_skb_vlan_push(skb, bpf_htons(0x88a8), 8))
		return TC_ACT_SHOT;
	skb->cb[0] = skb->vlan_tci;
	return TC_ACT_OK;
}

/* What no verifier takes: it reads behind the packet. Left out unless a test wants to be refused. */
SEC("?tc")
int unsafe(struct __sk_buff *skb)
{
	return *((__u8 *)(long)skb->data + 14);
}

struct l2_key layout_l2_key;
struct flow_key layout_flow_key;
struct masked_key layout_masked_key;
struct action layout_action;
struct flow layout_flow;
struct trail layout_trail;
struct action_list layout_action_list;
struct ingress layout_ingress;
struct egress layout_egress;
struct bridge layout_bridge;
struct tunnel layout_tunnel;
struct tunnel_id layout_tunnel_id;
struct connection_key layout_connection_key;
struct meter_key layout_meter_key;
struct meter layout_meter;
struct meter_state layout_meter_state;
struct connection layout_connection;
struct translation layout_translation;
struct nat_range layout_nat_range;
struct upcall_prefix layout_upcall_prefix;
struct slot layout_slot;
struct settings layout_settings;
struct port_counters layout_port_counters;
struct record layout_record;
enum action_type layout_action_type;
enum connection_state layout_connection_state;
enum ingress_role layout_ingress_role;
enum egress_kind layout_egress_kind;
enum tunnel_type layout_tunnel_type;
enum upcall_reason layout_upcall_reason;
enum drop_reason layout_drop_reason;

char LICENSE[] SEC("license") = "Apache-2.0";
