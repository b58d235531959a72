/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing a frame's headers: ACTION_SET. dev.plumbline.datapath.packet.HeaderWriter does the same in Java.
 *
 * Whatever the field, four bytes of the frame that it lies in are read, changed and written (six of a MAC address), and
 * the checksums over them take the difference (RFC 1624). So one that was wrong stays wrong, and one that the frame's
 * sender left to the card (CHECKSUM_PARTIAL) or that the card has summed up (CHECKSUM_COMPLETE) is the kernel's helpers'
 * affair. These take the sum of all bytes as unchanged where a checksum within makes up for the field; where none does,
 * BPF_F_RECOMPUTE_CSUM says so.
 *
 * Fields and frames are told apart by tables, not by branches: the verifier takes what it reads from a table or from
 * skb->cb for any number, so that there is one way to look at and not one for each field in each kind of frame, and that
 * for each of up to 72 actions. */
#ifndef PLUMBLINE_REWRITE_H
#define PLUMBLINE_REWRITE_H

#define SUM_BYTES 4 /* that bpf_l3_csum_replace and bpf_l4_csum_replace are told of */
#define ALL 0xffffffff

/* Where a field is. */
struct place {
	__u32 mask; /* the field's bits of four bytes, host byte order */
	__u32 l3, l4; /* ALL: counted from where that layer begins */
	__u32 covered; /* CB_*: the checksum of layer 4 covers it if one of these is in cb[0] */
	__u8 offset;
	__u8 shift; /* of the value */
	__u8 words; /* how many of them there are in a row; 0: no such field */
	__u8 store_flags; /* of bpf_skb_store_bytes */
	__u8 sum_flags; /* of bpf_l4_csum_replace */
	__u8 ipv4; /* 1: covered by IPv4's checksum */
	__u8 more; /* 2: a MAC address, six bytes and not four */
	__u8 reserved;
};

/* What changes go by, in skb->cb[0]; in cb[1] is where layer 4 begins, from where layer 3 does. */
#define CB_L3 0 /* bit from which on: row of the table */
#define CB_L4 8 /* row; 0: no header whose fields can be set */
#define CB_SUM 16 /* offset of the checksum in it */
#define CB_SOURCE (1 << 24) /* covered by that checksum */
#define CB_DESTINATION (1 << 25)
#define CB_PORTS (1 << 26)
#define CB_UDP_BIT 27

#define MAC(at) {.words = 1, .offset = at, .more = 2}
#define ARP_MAC(at) {.words = 1, .offset = at, .more = 2, .l3 = ALL, .store_flags = BPF_F_RECOMPUTE_CSUM}
#define ARP(bits, at) {.mask = bits, .words = 1, .offset = at, .l3 = ALL, .store_flags = BPF_F_RECOMPUTE_CSUM}
#define IPV4(bits, at, by) {.mask = bits, .words = 1, .offset = at, .shift = by, .l3 = ALL, .ipv4 = 1}
#define IPV4_ADDRESS(at, cb) \
	{.mask = ALL, .words = 1, .offset = at, .l3 = ALL, .ipv4 = 1, .covered = cb, .sum_flags = BPF_F_PSEUDO_HDR}
/* The helpers know of no IP header without a checksum. */
#define IPV6(bits, at, by) \
	{.mask = bits, .words = 1, .offset = at, .shift = by, .l3 = ALL, .store_flags = BPF_F_RECOMPUTE_CSUM}
#define IPV6_ADDRESS(at, cb)                                                                                   \
	{.mask = ALL, .words = 4, .offset = at, .l3 = ALL, .store_flags = BPF_F_RECOMPUTE_CSUM, .covered = cb, \
	 .sum_flags = BPF_F_PSEUDO_HDR}
#define L4(bits, by) {.mask = bits, .words = 1, .shift = by, .l3 = ALL, .l4 = ALL, .covered = CB_PORTS}
/* UDP without a checksum. */
#define BARE_L4(bits, by) \
	{.mask = bits, .words = 1, .shift = by, .l3 = ALL, .l4 = ALL, .store_flags = BPF_F_RECOMPUTE_CSUM}

/* Rows: HEADER_* of layer 3, and those of layer 4. */
#define ROW_PORTS 4
#define ROW_BARE_PORTS 5
#define ROW_ICMP 6
#define ROWS 8
#define FIELDS 16
static const struct place places[ROWS * FIELDS] = {
	[SET_ETH_DST] = MAC(0),
	[SET_ETH_SRC] = MAC(6),
	[HEADER_ARP * FIELDS + SET_ETH_DST] = MAC(0),
	[HEADER_ARP * FIELDS + SET_ETH_SRC] = MAC(6),
	[HEADER_ARP * FIELDS + SET_ARP_SHA] = ARP_MAC(8),
	[HEADER_ARP * FIELDS + SET_ARP_THA] = ARP_MAC(18),
	[HEADER_ARP * FIELDS + SET_ARP_OP] = ARP(0xffff, 4),
	[HEADER_ARP * FIELDS + SET_ARP_SPA] = ARP(ALL, 14),
	[HEADER_ARP * FIELDS + SET_ARP_TPA] = ARP(ALL, 24),
	[HEADER_IPV4 * FIELDS + SET_ETH_DST] = MAC(0),
	[HEADER_IPV4 * FIELDS + SET_ETH_SRC] = MAC(6),
	[HEADER_IPV4 * FIELDS + SET_IP_TOS] = IPV4(0xff0000, 0, 16),
	[HEADER_IPV4 * FIELDS + SET_IP_TTL] = IPV4(0xff000000, 8, 24),
	[HEADER_IPV4 * FIELDS + SET_IP_SRC] = IPV4_ADDRESS(12, CB_SOURCE),
	[HEADER_IPV4 * FIELDS + SET_IP_DST] = IPV4_ADDRESS(16, CB_DESTINATION),
	[HEADER_IPV6 * FIELDS + SET_ETH_DST] = MAC(0),
	[HEADER_IPV6 * FIELDS + SET_ETH_SRC] = MAC(6),
	[HEADER_IPV6 * FIELDS + SET_IP_TOS] = IPV6(0xff00000, 0, 20),
	[HEADER_IPV6 * FIELDS + SET_IP_TTL] = IPV6(0xff, 4, 0),
	[HEADER_IPV6 * FIELDS + SET_IP_SRC] = IPV6_ADDRESS(8, CB_SOURCE),
	[HEADER_IPV6 * FIELDS + SET_IP_DST] = IPV6_ADDRESS(24, CB_DESTINATION),
	[HEADER_IPV6 * FIELDS + SET_IPV6_LABEL] = IPV6(0xfffff, 0, 0),
	[ROW_PORTS * FIELDS + SET_TP_SRC] = L4(0xffff0000, 16),
	[ROW_PORTS * FIELDS + SET_TP_DST] = L4(0xffff, 0),
	[ROW_BARE_PORTS * FIELDS + SET_TP_SRC] = BARE_L4(0xffff0000, 16),
	[ROW_BARE_PORTS * FIELDS + SET_TP_DST] = BARE_L4(0xffff, 0),
	[ROW_ICMP * FIELDS + SET_TP_SRC] = L4(0xff000000, 24),
	[ROW_ICMP * FIELDS + SET_TP_DST] = L4(0xff0000, 16),
	[ROW_ICMP * FIELDS + SET_ICMP_ID] =
		{.mask = 0xffff0000, .words = 1, .offset = 4, .shift = 16, .l3 = ALL, .l4 = ALL, .covered = CB_PORTS},
};

/* Says what changes go by. l3: where it begins. */
static __always_inline void begin_rewriting(struct __sk_buff *skb, const struct headers *headers, __u32 l3)
{
	__u32 cb = headers->l3 << CB_L3, covered = headers->routed ? CB_SOURCE : CB_SOURCE | CB_DESTINATION;
	__be16 sum = 0;

	switch (headers->l4) {
	case IPPROTO_TCP:
		cb |= ROW_PORTS << CB_L4 | 16 << CB_SUM | CB_PORTS | covered;
		break;
	case IPPROTO_UDP:
		if (bpf_skb_load_bytes(skb, l3 + headers->l4_offset + 6, &sum, sizeof(sum)) || !sum)
			cb |= ROW_BARE_PORTS << CB_L4;
		else
			cb |= ROW_PORTS << CB_L4 | 6 << CB_SUM | CB_PORTS | covered | 1 << CB_UDP_BIT;
		break;
	case IPPROTO_ICMPV6:
		cb |= ROW_ICMP << CB_L4 | 2 << CB_SUM | CB_PORTS | (headers->l3 == HEADER_IPV6 ? covered : 0);
		break;
	case IPPROTO_ICMP:
		cb |= ROW_ICMP << CB_L4 | 2 << CB_SUM | CB_PORTS;
		break;
	}
	skb->cb[0] = cb;
	skb->cb[1] = headers->l4_offset;
}

/* Does an ACTION_SET; nothing happens to a frame without the field. False: the change could not be made, and the frame
 * is neither what it was nor what it should be.
 *
 * Failures are gathered, not branched on, again for the verifier's sake. */
static __noinline bool set_field(struct __sk_buff *skb, const struct frame *frame, const struct action *action)
{
	__u32 cb = skb->cb[0], l3 = frame->l3_offset + skb->len - frame->length, at, old = 0;
	__u64 row = cb >> (action->flags < SET_TP_SRC ? CB_L3 : CB_L4) & (ROWS - 1);
	__u64 index = row * FIELDS + action->flags;
	const struct place *place;
	union {
		__u32 word;
		__u16 mac[4];
	} now = {};
	long failed = 0;
	bool is_mac = action->flags <= SET_ARP_THA;

	/* Kernels up to 6.1 lose count of what is or-ed, as compilers like to add: they have to see it compared. */
	asm volatile("" : "+r"(index));
	if (index >= ROWS * FIELDS)
		return false;
	place = &places[index];
	at = (l3 & place->l3) + (skb->cb[1] & place->l4) + place->offset;
	if (is_mac) {
		if (!place->words)
			return true;
		now.mac[0] = bpf_htons(action->port);
		now.mac[1] = bpf_htons(action->arg >> 16);
		now.mac[2] = bpf_htons(action->arg);
	} else {
		if (action->port >= place->words)
			return true;
		at += 4 * action->port;
		failed |= bpf_skb_load_bytes(skb, at, &old, sizeof(old));
		now.word = (old & ~bpf_htonl(place->mask)) | bpf_htonl(action->arg << (place->shift & 31) & place->mask);
	}
	/* First, as the four bytes may hold the checksum. */
	failed |= bpf_skb_store_bytes(skb, at, &now, 4 + (place->more & 2), place->store_flags);
	if (place->ipv4)
		failed |= bpf_l3_csum_replace(skb, l3 + 10, old, now.word, SUM_BYTES);
	if (cb & place->covered)
		failed |= bpf_l4_csum_replace(skb, l3 + skb->cb[1] + (cb >> CB_SUM & 0xff), old, now.word,
					      SUM_BYTES | place->sum_flags |
						      (cb >> CB_UDP_BIT & 1) * BPF_F_MARK_MANGLED_0);
	return !failed;
}

#endif
