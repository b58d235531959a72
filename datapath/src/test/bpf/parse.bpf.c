// SPDX-License-Identifier: Apache-2.0
//
// Says what the programs take out of a frame, so that a test can compare it with what Java takes out of it.
#include "flow.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"
#include "parse.h"

struct parsed {
	struct flow_key key;
	__u32 frames; /* so far */
	__u32 l3_offset; /* 0: malformed */
	__u32 vlan_tci; /* the tag beside the frame; with VLAN_PRESENT */
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct parsed);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
} parsed SEC(".maps");

static __always_inline int parse(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct parsed *to = bpf_map_lookup_elem(&parsed, &zero);
	struct frame frame = {};
	struct flow_key key = {};
	struct headers headers = {};

	if (!to)
		return TC_ACT_SHOT;
	if (!parse_l2(skb, &frame)) {
		key.l2 = frame.key;
		parse_l3(skb, &frame, &key, &headers);
	}
	to->key = key;
	to->l3_offset = frame.l3_offset;
	to->vlan_tci = skb->vlan_present ? skb->vlan_tci | VLAN_PRESENT : 0;
	to->length = skb->len;
	to->frames++;
	return TC_ACT_OK;
}

/* The frame as it is. */
SEC("tc")
int parse_only(struct __sk_buff *skb)
{
	return parse(skb);
}

/* A frame that a test gives. cb[0]: TPID and TCI of a tag that is to be beside it, 0: none; cb[1]: bytes to cut it to,
 * because no test run begins with an IP packet that has not even an IP header. */
SEC("tc")
int parse_given(struct __sk_buff *skb)
{
	if (skb->cb[1] != skb->len && bpf_skb_change_tail(skb, skb->cb[1], 0))
		return TC_ACT_SHOT;
	if (skb->cb[0] && bpf_skb_vlan_push(skb, bpf_htons(skb->cb[0] >> 16), skb->cb[0] & 0xffff))
		return TC_ACT_SHOT;
	return parse(skb);
}

char LICENSE[] SEC("license") = "Apache-2.0";
