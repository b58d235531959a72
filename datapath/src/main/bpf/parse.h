/* SPDX-License-Identifier: Apache-2.0
 *
 * From a frame to its key, by the rules of dev.plumbline.datapath.packet.PacketParser, which has them in words. */
#ifndef PLUMBLINE_PARSE_H
#define PLUMBLINE_PARSE_H

#define ETH_TYPE_MIN 0x0600
#define ETH_TYPE_NONE 0x05ff /* 802.3 with LLC, as Open vSwitch has it */
#define TPID_8021Q 0x8100
#define TPID_8021AD 0x88a8

/* <linux/in6.h>, which wants a C library. */
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6 58
#define IPPROTO_DSTOPTS 60

/* Values of ip_frag. */
#define FRAGMENT_FIRST 1
#define FRAGMENT_LATER 3

static __always_inline bool is_tpid(__be16 type)
{
	return type == bpf_htons(TPID_8021Q) || type == bpf_htons(TPID_8021AD);
}

/* Headers that actions may change: those that have been read to their end. */
struct headers {
	__u8 l3; /* HEADER_ARP, HEADER_IPV4, HEADER_IPV6; 0: none */
	__u8 l4; /* protocol of a header of TCP, UDP, SCTP or ICMP; 0: none */
	__u8 routed; /* IPv6 with a routing header: checksums do not cover the destination that it has now */
	__u8 reserved;
	__u32 l4_offset; /* from where layer 3 begins */
};
#define HEADER_ARP 1
#define HEADER_IPV4 2
#define HEADER_IPV6 3

/* What is known of a frame when its actions begin. */
struct frame {
	struct l2_key key; /* as it came */
	__u32 l3_offset; /* of what is behind the type */
	__u32 length; /* tags that come into the bytes or leave them change it as they move what is behind them */
	__u32 hash; /* flow_hash_l4_begin, once prepare was called */
	__be64 ct[CT_ANSWERS]; /* as in the key */
};

/* The next type is behind the tag whose TPID is at this offset. False: the tag is cut off, and so is its type. */
static __always_inline bool load_tag(struct __sk_buff *skb, __u32 offset, __be16 *tci_type)
{
	return !bpf_skb_load_bytes(skb, offset + 2, tci_type, 4);
}

/* RFC 1042: LLC with SNAP of Ethernet's types is as good as Ethernet II. offset: behind the 802.3 length. */
static __always_inline __be16 snap_type(struct __sk_buff *skb, __u32 offset)
{
	struct {
		__be32 llc_oui;
		__be16 oui, type;
	} snap;

	if (bpf_skb_load_bytes(skb, offset, &snap, 8) || snap.llc_oui != bpf_htonl(0xaaaa0300) || snap.oui ||
	    bpf_ntohs(snap.type) < ETH_TYPE_MIN)
		return bpf_htons(ETH_TYPE_NONE);
	return snap.type;
}

/* Fills all but in_port. -1: not even an Ethernet header. */
static __always_inline int parse_l2(struct __sk_buff *skb, struct frame *frame)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct l2_key *key = &frame->key;
	__be16 type, tag[2];
	__u32 offset = 12;

	if (data + ETH_HLEN > end) {
		if (bpf_skb_pull_data(skb, ETH_HLEN))
			return -1;
		data = (void *)(long)skb->data;
		end = (void *)(long)skb->data_end;
		if (data + ETH_HLEN > end)
			return -1;
	}
	__builtin_memcpy(key->eth_dst, data, 12);
	type = *(__be16 *)(data + 12);
	if (skb->vlan_present) {
		key->vlan_tci = bpf_htons(skb->vlan_tci | VLAN_PRESENT);
		key->vlan_tpid = skb->vlan_proto;
	} else if (is_tpid(type) && load_tag(skb, offset, tag)) {
		key->vlan_tci = tag[0] | bpf_htons(VLAN_PRESENT);
		key->vlan_tpid = type;
		type = tag[1];
		offset += 4;
	}
	if (key->vlan_tci && is_tpid(type) && load_tag(skb, offset, tag)) {
		key->inner_tci = tag[0] | bpf_htons(VLAN_PRESENT);
		key->inner_tpid = type;
		type = tag[1];
		offset += 4;
	}
	offset += 2;
	if (bpf_ntohs(type) < ETH_TYPE_MIN) {
		type = snap_type(skb, offset);
		if (type != bpf_htons(ETH_TYPE_NONE))
			offset += 8;
	}
	key->eth_type = type;
	frame->l3_offset = offset;
	frame->length = skb->len;
	frame->hash = skb->len; /* any number, so that those without a hash are no case of their own to the verifier */
	return 0;
}

/* end: of the IP packet, which is in the frame. */
static __always_inline void parse_l4(struct __sk_buff *skb, struct flow_key *key, struct headers *headers, __u32 offset,
				     __u32 end)
{
	__u32 left = end - offset, least = 8;
	__u8 bytes[14];

	switch (key->ip_proto) {
	case IPPROTO_TCP:
		if (left < 20 || bpf_skb_load_bytes(skb, offset, bytes, 14))
			return;
		if (bytes[12] >> 4 < 5 || (bytes[12] >> 4) * 4 > left)
			return;
		__builtin_memcpy(&key->tp_src, bytes, 4);
		key->tcp_flags = *(__be16 *)(bytes + 12) & bpf_htons(0x0fff);
		headers->l4 = key->ip_proto;
		break;
	case IPPROTO_SCTP:
		least = 12;
		/* fallthrough */
	case IPPROTO_UDP:
		if (left >= least && !bpf_skb_load_bytes(skb, offset, bytes, 4)) {
			__builtin_memcpy(&key->tp_src, bytes, 4);
			headers->l4 = key->ip_proto;
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
	case IPPROTO_ICMPV6:
		if (left >= least && !bpf_skb_load_bytes(skb, offset, bytes, 2)) {
			key->tp_src = bpf_htons(bytes[0]);
			key->tp_dst = bpf_htons(bytes[1]);
			headers->l4 = key->ip_proto;
		}
		break;
	}
}

static __always_inline void parse_ipv4(struct __sk_buff *skb, struct flow_key *key, struct headers *headers, __u32 offset)
{
	__u32 left = skb->len - offset, header, total;
	__u8 ip[20];
	__u16 fragment;

	if (bpf_skb_load_bytes(skb, offset, ip, 20))
		return;
	header = (ip[0] & 15) * 4;
	total = (__u32)ip[2] << 8 | ip[3];
	if (header < 20 || header > left || total < header || total > left || left - total > 0xffff)
		return;
	key->ip_tos = ip[1];
	key->ip_ttl = ip[8];
	key->ip_proto = ip[9];
	__builtin_memcpy(key->ip_src, ip + 12, 4);
	__builtin_memcpy(key->ip_dst, ip + 16, 4);
	fragment = (__u16)ip[6] << 8 | ip[7];
	if (fragment & 0x1fff)
		key->ip_frag = FRAGMENT_LATER;
	else if (fragment & 0x2000)
		key->ip_frag = FRAGMENT_FIRST;
	headers->l3 = HEADER_IPV4;
	headers->l4_offset = header;
	if (key->ip_frag != FRAGMENT_LATER)
		parse_l4(skb, key, headers, offset + header, offset + total);
}

static __always_inline bool is_extension(__u8 proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT || proto == IPPROTO_AH ||
	       proto == IPPROTO_DSTOPTS;
}

/* RFC 8200, 4: at most EXTENSIONS headers are walked. */
#define EXTENSIONS 8
static __always_inline void parse_ipv6(struct __sk_buff *skb, struct flow_key *key, struct headers *headers, __u32 offset)
{
	__u32 begin = offset, left = skb->len - offset, total, end, bytes;
	__u8 ip[40], extension[4], next, kind = 0;

	if (bpf_skb_load_bytes(skb, offset, ip, 40))
		return;
	total = ((__u32)ip[4] << 8 | ip[5]) + 40;
	if (total > left || left - total > 0xffff)
		return;
	__builtin_memcpy(key->ip_src, ip + 8, 16);
	__builtin_memcpy(key->ip_dst, ip + 24, 16);
	end = offset + total;
	next = ip[6];
	offset += 40;
	for (int i = 0; i < EXTENSIONS; i++) {
		if (!is_extension(next))
			break;
		if (end - offset < 8 || bpf_skb_load_bytes(skb, offset, extension, 4))
			return;
		if (next == IPPROTO_FRAGMENT)
			bytes = 8;
		else if (next == IPPROTO_AH)
			bytes = (extension[1] + 2) * 4;
		else
			bytes = (extension[1] + 1) * 8;
		if (bytes > end - offset)
			return;
		if (next == IPPROTO_ROUTING && extension[3])
			headers->routed = 1;
		offset += bytes;
		if (next == IPPROTO_FRAGMENT) {
			if (extension[2] | (extension[3] & 0xf8)) {
				kind = FRAGMENT_LATER;
				break;
			}
			if (extension[3])
				kind = FRAGMENT_FIRST;
		}
		next = extension[0];
	}
	if (kind != FRAGMENT_LATER && is_extension(next))
		return;
	key->ip_tos = ip[0] << 4 | ip[1] >> 4;
	key->ipv6_label = *(__be32 *)ip & bpf_htonl(0x000fffff);
	key->ip_ttl = ip[7];
	key->ip_proto = next; /* that of a later fragment is IPPROTO_FRAGMENT still */
	key->ip_frag = kind;
	headers->l3 = HEADER_IPV6;
	headers->l4_offset = offset - begin;
	if (kind != FRAGMENT_LATER)
		parse_l4(skb, key, headers, offset, end);
}

/* RFC 826, for Ethernet and IPv4; RFC 903. */
static __always_inline void parse_arp(struct __sk_buff *skb, struct flow_key *key, struct headers *headers, __u32 offset)
{
	__u8 arp[28];

	if (bpf_skb_load_bytes(skb, offset, arp, 28))
		return;
	if (arp[0] != 0 || arp[1] != 1 || arp[2] != 8 || arp[3] != 0 || arp[4] != 6 || arp[5] != 4)
		return;
	headers->l3 = HEADER_ARP;
	if (arp[6] == 0)
		key->ip_proto = arp[7];
	__builtin_memcpy(key->ip_src, arp + 14, 4);
	__builtin_memcpy(key->ip_src + 4, arp + 8, 6);
	__builtin_memcpy(key->ip_dst, arp + 24, 4);
	__builtin_memcpy(key->ip_dst + 4, arp + 18, 6);
}

/* Fills what is behind the layer 2 key, which is the frame's, and the headers, which were all zero. */
static __always_inline void parse_l3(struct __sk_buff *skb, const struct frame *frame, struct flow_key *key,
				     struct headers *headers)
{
	__u32 offset = frame->l3_offset + skb->len - frame->length;

	switch (frame->key.eth_type) {
	case bpf_htons(ETH_P_IP):
		parse_ipv4(skb, key, headers, offset);
		break;
	case bpf_htons(ETH_P_IPV6):
		parse_ipv6(skb, key, headers, offset);
		break;
	case bpf_htons(ETH_P_ARP):
	case bpf_htons(ETH_P_RARP):
		parse_arp(skb, key, headers, offset);
		break;
	}
}

#endif
