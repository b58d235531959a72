/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a frame is taken apart. */
#ifndef PLUMBLINE_SCRATCH_H
#define PLUMBLINE_SCRATCH_H

/* The ends of a packet, in the order in which it goes. */
struct ends {
	__u64 source[2]; /* addresses; IPv4 in the first 4 bytes */
	__u64 destination[2];
	__be16 source_port, destination_port;
	__u8 protocol;
};

/* Whose packet it is. */
struct tuple {
	struct connection_key key;
	__u8 from_high; /* it goes from the high end to the low one */
	__u8 kind; /* TUPLE_* */
	__u16 tcp_flags;
	/* Once its connection is found. */
	__u8 reply; /* it goes to the end that began it */
	__u8 astray; /* it has ends that packets of this way do not have on this side of nat */
	__u8 other_side; /* it has the ends that are on the other side of nat */
	__u8 reserved;
};
#define TUPLE_NONE 0 /* of nothing that can be tracked */
#define TUPLE_BEGINS 1 /* may begin a connection */
#define TUPLE_GOES_ON 2 /* must be of one */
#define TUPLE_ERROR 3 /* an ICMP error; the ends are those of the packet that it is about */

/* Which ports a connection may get behind nat. */
struct nat_search {
	__u32 first, ports;
	__u32 start, stride; /* from the first one on */
	__u32 high; /* 1: it is the high end that gets them */
};

/* The packet that an ICMP error is about: where it has what nat changes, offsets in the frame; and what that is. */
struct inner {
	__u32 icmp; /* of the error */
	__u32 ip, l4;
	__u32 sum, sum_flags; /* the checksum of its layer 4, and of bpf_l4_csum_replace */
	__u32 covered; /* INNER_*: by that checksum; 0: there is none */
	__be32 was[8], now[8];
};
#define INNER_ADDRESSES 1
#define INNER_PORTS 2

/* What is known of the frame that is worked on. In a map: what lies there the verifier takes for any numbers, so that the
 * ways through a parser are one behind it; and stacks are short. Nothing that may run another program comes between. */
struct scratch {
	struct flow_key key;
	struct headers headers;
	struct ends ends;
	struct tuple tuple;
	struct upcall_prefix prefix;
	/* Of a connection that begins. */
	struct connection begun;
	struct ends translated;
	struct connection_key translated_key;
	struct translation there, back;
	struct nat_search search;
	/* Of a packet that is translated. */
	struct action set, ports[2];
	struct inner inner;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *the_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratches, &zero);
}

/* The key of a frame and its headers; NULL: never. */
static __noinline struct scratch *parse_all(struct __sk_buff *skb, const struct frame *frame)
{
	struct scratch *scratch = the_scratch();
	__u64 *words = (__u64 *)scratch;

	if (!scratch)
		return NULL;
	for (int i = 0; i < sizeof(scratch->key) / 8 + 1; i++) /* and the headers, which are 8 bytes */
		words[i] = 0;
	scratch->key.l2 = frame->key;
	parse_l3(skb, frame, &scratch->key, &scratch->headers);
	return scratch;
}

#endif
