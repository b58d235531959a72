/* SPDX-License-Identifier: Apache-2.0
 *
 * From a frame to its key, by the rules of dev.plumbline.datapath.packet.PacketParser, which has them in words. */
#ifndef PLUMBLINE_PARSE_H
#define PLUMBLINE_PARSE_H

#define ETH_TYPE_NONE 0x05ff /* 802.3 with LLC, as Open vSwitch has it */
#define TPID_8021Q 0x8100
#define TPID_8021AD 0x88a8

/* <linux/in6.h>, which wants a C library. */
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6 58
#define IPPROTO_DSTOPTS 60

static __always_inline bool is_tpid(__be16 type)
{
	return type == bpf_htons(TPID_8021Q) || type == bpf_htons(TPID_8021AD);
}

/* IEEE 802 SNAP with the OUI 0 is as good as Ethernet II; other LLC has no type. offset: of the length field. */
static __always_inline __be16 llc_type(struct __sk_buff *skb, __u32 offset)
{
	struct {
		__u8 llc_oui[6];
		__be16 type;
	} snap;

	if (bpf_skb_load_bytes(skb, offset + 2, &snap, 8))
		return bpf_htons(ETH_TYPE_NONE);
	if (snap.llc_oui[0] == 0xaa && snap.llc_oui[1] == 0xaa && snap.llc_oui[2] == 0x03 && snap.llc_oui[3] == 0 &&
	    snap.llc_oui[4] == 0 && snap.llc_oui[5] == 0 && bpf_ntohs(snap.type) >= 0x600)
		return snap.type;
	return bpf_htons(ETH_TYPE_NONE);
}

/* The offset of what is behind the Ethernet header and the tags that are in the frame's bytes, given its key. */
static __always_inline __u32 l3_offset(struct __sk_buff *skb, const struct l2_key *key)
{
	__u32 tags = (key->vlan_tci != 0) + (key->inner_tci != 0);

	if (skb->vlan_present)
		tags--;
	return ETH_HLEN + 4 * tags;
}

/* Fills all but in_port. -1: not even an Ethernet header. */
static __always_inline int parse_l2(struct __sk_buff *skb, struct l2_key *key)
{
	__u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__be16 type;
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
	}
	if (is_tpid(type)) {
		__be16 tag[2];

		if (!bpf_skb_load_bytes(skb, 14, tag, 4)) {
			if (!key->vlan_tci) {
				key->vlan_tci = tag[0] | bpf_htons(VLAN_PRESENT);
				key->vlan_tpid = type;
				if (is_tpid(tag[1])) {
					__be16 inner[2];

					if (!bpf_skb_load_bytes(skb, 18, inner, 4)) {
						key->inner_tci = inner[0] | bpf_htons(VLAN_PRESENT);
						key->inner_tpid = tag[1];
						tag[1] = inner[1];
						offset = 20;
					} else {
						offset = 16;
					}
				} else {
					offset = 16;
				}
			} else {
				key->inner_tci = tag[0] | bpf_htons(VLAN_PRESENT);
				key->inner_tpid = type;
				offset = 16;
			}
			type = tag[1];
		}
	}
	key->eth_type = bpf_ntohs(type) >= 0x600 ? type : llc_type(skb, offset);
	return 0;
}

static __always_inline void parse_l4(struct __sk_buff *skb, struct flow_key *key, __u32 offset)
{
	__u8 bytes[14];

	switch (key->ip_proto) {
	case IPPROTO_TCP:
		if (!bpf_skb_load_bytes(skb, offset, bytes, 14)) {
			__builtin_memcpy(&key->tp_src, bytes, 4);
			key->tcp_flags = *(__be16 *)(bytes + 12) & bpf_htons(0x0fff);
		}
		break;
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		bpf_skb_load_bytes(skb, offset, &key->tp_src, 4);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (!bpf_skb_load_bytes(skb, offset, bytes, 2)) {
			key->tp_src = bpf_htons(bytes[0]);
			key->tp_dst = bpf_htons(bytes[1]);
		}
		break;
	}
}

static __always_inline void parse_ipv4(struct __sk_buff *skb, struct flow_key *key, __u32 offset)
{
	__u8 ip[20];
	__u32 header;
	__u16 fragment;

	if (bpf_skb_load_bytes(skb, offset, ip, 20))
		return;
	header = (ip[0] & 15) * 4;
	if (ip[0] >> 4 != 4 || header < 20 || offset + header > skb->len)
		return;
	key->ip_tos = ip[1];
	key->ip_ttl = ip[8];
	key->ip_proto = ip[9];
	__builtin_memcpy(key->ip_src, ip + 12, 4);
	__builtin_memcpy(key->ip_dst, ip + 16, 4);
	fragment = (__u16)ip[6] << 8 | ip[7];
	if (fragment & 0x1fff)
		key->ip_frag = 3;
	else if (fragment & 0x2000)
		key->ip_frag = 1;
	if (key->ip_frag != 3)
		parse_l4(skb, key, offset + header);
}

/* RFC 8200, 4: at most EXTENSIONS headers are walked; behind more, the last one's type stays as the protocol. */
#define EXTENSIONS 8
static __always_inline void parse_ipv6(struct __sk_buff *skb, struct flow_key *key, __u32 offset)
{
	__u8 ip[40];
	__u8 next;

	if (bpf_skb_load_bytes(skb, offset, ip, 40) || ip[0] >> 4 != 6)
		return;
	key->ip_tos = ip[0] << 4 | ip[1] >> 4;
	key->ipv6_label = *(__be32 *)ip & bpf_htonl(0x000fffff);
	key->ip_ttl = ip[7];
	__builtin_memcpy(key->ip_src, ip + 8, 16);
	__builtin_memcpy(key->ip_dst, ip + 24, 16);
	next = ip[6];
	offset += 40;
	for (int i = 0; i < EXTENSIONS; i++) {
		__u8 extension[8];

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS && next != IPPROTO_AH &&
		    next != IPPROTO_FRAGMENT)
			break;
		if (bpf_skb_load_bytes(skb, offset, extension, 8)) {
			key->ip_proto = next;
			return;
		}
		if (next == IPPROTO_FRAGMENT) {
			__u16 fragment = (__u16)extension[2] << 8 | extension[3];

			if (fragment & 0xfff8)
				key->ip_frag = 3;
			else if (fragment & 1)
				key->ip_frag = 1;
			offset += 8;
		} else {
			offset += next == IPPROTO_AH ? (extension[1] + 2) * 4 : (extension[1] + 1) * 8;
		}
		next = extension[0];
		if (key->ip_frag == 3)
			break;
	}
	key->ip_proto = next;
	if (key->ip_frag != 3)
		parse_l4(skb, key, offset);
}

/* RFC 826, for Ethernet and IPv4. */
static __always_inline void parse_arp(struct __sk_buff *skb, struct flow_key *key, __u32 offset)
{
	__u8 arp[28];

	if (bpf_skb_load_bytes(skb, offset, arp, 28))
		return;
	if (arp[0] != 0 || arp[1] != 1 || arp[2] != 8 || arp[3] != 0 || arp[4] != 6 || arp[5] != 4)
		return;
	if (arp[6] == 0)
		key->ip_proto = arp[7];
	__builtin_memcpy(key->ip_src, arp + 14, 4);
	__builtin_memcpy(key->ip_src + 4, arp + 8, 6);
	__builtin_memcpy(key->ip_dst, arp + 24, 4);
	__builtin_memcpy(key->ip_dst + 4, arp + 18, 6);
}

/* Fills what is behind the layer 2 key. */
static __always_inline void parse_l3(struct __sk_buff *skb, struct flow_key *key)
{
	__u32 offset = l3_offset(skb, &key->l2);

	if (key->l2.eth_type == bpf_htons(ETH_P_IP))
		parse_ipv4(skb, key, offset);
	else if (key->l2.eth_type == bpf_htons(ETH_P_IPV6))
		parse_ipv6(skb, key, offset);
	else if (key->l2.eth_type == bpf_htons(ETH_P_ARP))
		parse_arp(skb, key, offset);
}

#endif
