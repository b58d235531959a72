/* SPDX-License-Identifier: Apache-2.0
 *
 * Tunnels. VXLAN and Geneve: an external ("metadata") device of the kernel does the work and is told remote and key.
 * GRE (RFC 2784, RFC 2890, Ethernet within): done here, since many kernels have no gre module loaded. */
#ifndef PLUMBLINE_TUNNEL_H
#define PLUMBLINE_TUNNEL_H

#include <stddef.h>

#define GRE_KEY 0x2000
#define GRE_CHECKSUM 0x8000
#define ETH_P_TEB_TYPE 0x6558
#define IP_DF 0x4000
#define AF_INET 2
#define AF_INET6 10
#define DEFAULT_TTL 64

/* RFC 3168, 5. */
#define ECN_NOT_ECT 0
#define ECN_ECT1 1
#define ECN_CE 3

/* <linux/bpf.h> of kernel 6.3; older kernels refuse them, and skb->protocol stays the outer packet's there. */
#define ADJ_ROOM_DECAP_L3_IPV4 (1ULL << 7)
#define ADJ_ROOM_DECAP_L3_IPV6 (1ULL << 8)

struct ip_header {
	__u8 version_length, tos;
	__be16 total_length, id, fragment;
	__u8 ttl, protocol;
	__be16 checksum;
	__be32 source, destination;
};

struct ipv6_header {
	__be32 version_class_label;
	__be16 payload_length;
	__u8 next_header, hop_limit;
	__u8 source[16], destination[16];
};

static __always_inline struct ingress *port_of_tunnel(struct tunnel_id *id)
{
	struct ingress *ingress = bpf_map_lookup_elem(&tunnel_ports, id);

	if (ingress)
		return ingress;
	__builtin_memset(id->local, 0, sizeof(id->local));
	return bpf_map_lookup_elem(&tunnel_ports, id);
}

/* Kernels before 6.0 have no local address in struct bpf_tunnel_key and refuse a longer one. */
#define OLD_TUNNEL_KEY offsetof(struct bpf_tunnel_key, local_ipv4)

/* Whom a frame on an external device came from, and with which key; false: from nobody. */
static __always_inline bool read_tunnel_id(struct __sk_buff *skb, struct tunnel_id *id)
{
	struct bpf_tunnel_key key = {};

	if (!bpf_skb_get_tunnel_key(skb, &key, sizeof(key), 0) ||
	    !bpf_skb_get_tunnel_key(skb, &key, OLD_TUNNEL_KEY, 0)) {
		*(__be32 *)id->remote = bpf_htonl(key.remote_ipv4);
		*(__be32 *)id->local = bpf_htonl(key.local_ipv4);
	} else if (!bpf_skb_get_tunnel_key(skb, &key, sizeof(key), BPF_F_TUNINFO_IPV6) ||
		   !bpf_skb_get_tunnel_key(skb, &key, OLD_TUNNEL_KEY, BPF_F_TUNINFO_IPV6)) {
		id->ipv6 = 1;
		__builtin_memcpy(id->remote, key.remote_ipv6, 16);
		__builtin_memcpy(id->local, key.local_ipv6, 16);
	} else {
		return false;
	}
	id->key = key.tunnel_id;
	return true;
}

/* The port that a frame on an external device came in by. */
static __always_inline struct ingress *tunnel_port(struct __sk_buff *skb, __u8 type)
{
	struct tunnel_id id = {.type = type};

	return read_tunnel_id(skb, &id) ? port_of_tunnel(&id) : NULL;
}

/* A frame on an external device, from where none has come yet: Java gives its end of the tunnel a number, if flows of the
 * tunnel say keys or remotes. */
static __noinline int new_tunnel_end(struct __sk_buff *skb, __u8 type)
{
	struct tunnel_id id = {.type = type};
	struct ingress *ingress;
	__be64 remote[2] = {};
	__u8 local[16];
	__u32 key;

	if (!read_tunnel_id(skb, &id))
		return drop(DROP_TUNNEL_UNKNOWN);
	key = id.key;
	__builtin_memcpy(local, id.local, 16);
	if (id.ipv6)
		__builtin_memcpy(remote, id.remote, 16);
	else
		remote[1] = bpf_cpu_to_be64(0xffff00000000ULL | bpf_ntohl(*(__be32 *)id.remote));
	id.key = 0;
	id.has_key = TUNNEL_ANY_KEY;
	ingress = port_of_tunnel(&id);
	if (!ingress) {
		id.ipv6 = 0;
		__builtin_memset(id.remote, 0, 16);
		__builtin_memcpy(id.local, local, 16);
		ingress = port_of_tunnel(&id);
	}
	if (!ingress) {
		id.key = key;
		id.has_key = 0;
		__builtin_memcpy(id.local, local, 16);
		ingress = port_of_tunnel(&id);
	}
	if (!ingress)
		return drop(DROP_TUNNEL_UNKNOWN);
	count_rx(ingress->port, skb->len);
	skb->mark = key;
	return upcall(skb, ingress->port, UPCALL_TUNNEL_END, remote[0], remote[1]);
}

/* TOS or traffic class, and TTL or hop limit, of the frame's IP header, which may be behind tags; false if it has none.
 * By its bytes: of what came out of a tunnel, skb->protocol may still be the outer packet's. */
static __always_inline bool inner_tos_ttl(struct __sk_buff *skb, __u8 *tos, __u8 *ttl)
{
	struct {
		__be16 type;
		__u8 ip[9];
	} __attribute__((packed)) head;
	__u32 offset = 12;

	for (int tags = 0; tags <= 2; tags++, offset += 4) {
		if (bpf_skb_load_bytes(skb, offset, &head, sizeof(head)))
			return false;
		if (!is_tpid(head.type))
			break;
	}
	if (head.type == bpf_htons(ETH_P_IP)) {
		*tos = head.ip[1];
		*ttl = head.ip[8];
		return true;
	}
	if (head.type == bpf_htons(ETH_P_IPV6)) {
		*tos = head.ip[0] << 4 | head.ip[1] >> 4;
		*ttl = head.ip[7];
		return true;
	}
	return false;
}

/* The outer TOS and TTL of a tunnel's packet. ECN by RFC 6040, 4.1, normal mode: the inner field is copied. */
static __always_inline void outer_tos_ttl(struct __sk_buff *skb, const struct tunnel *tunnel, __u8 *tos, __u8 *ttl)
{
	__u8 inner_tos = 0, inner_ttl = 0;
	bool ip = inner_tos_ttl(skb, &inner_tos, &inner_ttl);

	*tos = tunnel->flags & TUNNEL_TOS_INHERIT ? inner_tos & 0xfc : tunnel->tos & 0xfc;
	if (ip)
		*tos |= inner_tos & 3;
	*ttl = tunnel->flags & TUNNEL_TTL_INHERIT ? inner_ttl : tunnel->ttl;
	if (!*ttl)
		*ttl = DEFAULT_TTL;
}

static __always_inline __u16 ip_checksum(const struct ip_header *ip)
{
	const __u16 *words = (const __u16 *)ip;
	__u32 sum = 0;

	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline int encapsulate_external(struct __sk_buff *skb, const struct tunnel *tunnel)
{
	struct bpf_tunnel_key key = {.tunnel_id = tunnel->key};
	__u64 flags = 0;
	__u32 size = OLD_TUNNEL_KEY;
	__u8 tos, ttl;

	outer_tos_ttl(skb, tunnel, &tos, &ttl);
	key.tunnel_tos = tos;
	key.tunnel_ttl = ttl;
	if (tunnel->flags & TUNNEL_IPV6) {
		flags |= BPF_F_TUNINFO_IPV6;
		__builtin_memcpy(key.remote_ipv6, tunnel->remote, 16);
		__builtin_memcpy(key.local_ipv6, tunnel->local, 16);
	} else {
		key.remote_ipv4 = bpf_ntohl(*(__be32 *)tunnel->remote);
		key.local_ipv4 = bpf_ntohl(*(__be32 *)tunnel->local);
	}
	if (key.local_ipv4)
		size = sizeof(key);
	if (!(tunnel->flags & TUNNEL_CSUM))
		flags |= BPF_F_ZERO_CSUM_TX;
	if (tunnel->flags & TUNNEL_DF)
		flags |= BPF_F_DONT_FRAGMENT;
	if (bpf_skb_set_tunnel_key(skb, &key, size, flags))
		return drop(DROP_TUNNEL);
	return bpf_redirect(tunnel->ifindex, 0);
}

/* Ethernet in GRE in IPv4 or IPv6. The room is made behind the Ethernet header, which then becomes the outer one; the
 * inner one, with its tag, goes where the room ends. redirect_neigh fills the outer MAC addresses. */
static __always_inline int encapsulate_gre(struct __sk_buff *skb, const struct tunnel *tunnel)
{
	struct bpf_redir_neigh neighbour = {.nh_family = tunnel->next_hop_family};
	__u8 inner[ETH_HLEN + 4];
	struct {
		__be16 flags, type;
		__be32 key;
	} gre = {.type = bpf_htons(ETH_P_TEB_TYPE)};
	bool ipv6 = tunnel->flags & TUNNEL_IPV6;
	__u32 ip_bytes = ipv6 ? 40 : 20, gre_bytes = 4, inner_bytes = ETH_HLEN;
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_GRE | BPF_F_ADJ_ROOM_ENCAP_L2_ETH;
	/* All zero: redirect_neigh fills it, but drops what is to a group before (net/core/filter.c), as inner frames are. */
	__u8 outer[ETH_HLEN] = {};
	__u8 tos, ttl;

	if (!tunnel->ifindex)
		return drop(DROP_NO_ROUTE);
	if ((skb->protocol != bpf_htons(ETH_P_IP) && skb->protocol != bpf_htons(ETH_P_IPV6)) ||
	    tunnel->flags & TUNNEL_CSUM)
		return upcall(skb, tunnel->port, UPCALL_TUNNEL, 0, 0);
	outer_tos_ttl(skb, tunnel, &tos, &ttl);
	if (bpf_skb_load_bytes(skb, 0, inner, ETH_HLEN))
		return drop(DROP_TUNNEL);
	if (skb->vlan_present) {
		__be16 type = *(__be16 *)(inner + 12);

		*(__be16 *)(inner + 12) = skb->vlan_proto;
		*(__be16 *)(inner + 14) = bpf_htons(skb->vlan_tci);
		*(__be16 *)(inner + 16) = type;
		inner_bytes = ETH_HLEN + 4;
		if (bpf_skb_vlan_pop(skb))
			return drop(DROP_VLAN_OPERATION);
	}
	if (tunnel->flags & TUNNEL_KEY) {
		gre.flags = bpf_htons(GRE_KEY);
		gre.key = bpf_htonl(tunnel->key);
		gre_bytes = 8;
	}
	flags |= ipv6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
	flags |= BPF_F_ADJ_ROOM_ENCAP_L2((__u64)inner_bytes);
	if (bpf_skb_adjust_room(skb, ip_bytes + gre_bytes + inner_bytes, BPF_ADJ_ROOM_MAC, flags))
		return drop(DROP_TUNNEL);
	*(__be16 *)(outer + 12) = ipv6 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP);
	if (bpf_skb_store_bytes(skb, 0, outer, ETH_HLEN, 0))
		return drop(DROP_TUNNEL);
	if (ipv6) {
		struct ipv6_header ip = {
			.version_class_label = bpf_htonl(6u << 28 | (__u32)tos << 20),
			.payload_length = bpf_htons(skb->len - ETH_HLEN - 40),
			.next_header = IPPROTO_GRE,
			.hop_limit = ttl,
		};

		__builtin_memcpy(ip.source, tunnel->local, 16);
		__builtin_memcpy(ip.destination, tunnel->remote, 16);
		if (bpf_skb_store_bytes(skb, ETH_HLEN, &ip, sizeof(ip), 0))
			return drop(DROP_TUNNEL);
	} else {
		struct ip_header ip = {
			.version_length = 0x45,
			.tos = tos,
			.total_length = bpf_htons(skb->len - ETH_HLEN),
			.fragment = tunnel->flags & TUNNEL_DF ? bpf_htons(IP_DF) : 0,
			.ttl = ttl,
			.protocol = IPPROTO_GRE,
			.source = *(__be32 *)tunnel->local,
			.destination = *(__be32 *)tunnel->remote,
		};

		if (!(tunnel->flags & TUNNEL_DF))
			ip.id = bpf_get_prandom_u32();
		ip.checksum = ip_checksum(&ip);
		if (bpf_skb_store_bytes(skb, ETH_HLEN, &ip, sizeof(ip), 0))
			return drop(DROP_TUNNEL);
	}
	if (gre_bytes == 8 ? bpf_skb_store_bytes(skb, ETH_HLEN + ip_bytes, &gre, 8, 0)
			   : bpf_skb_store_bytes(skb, ETH_HLEN + ip_bytes, &gre, 4, 0))
		return drop(DROP_TUNNEL);
	if (inner_bytes == ETH_HLEN ? bpf_skb_store_bytes(skb, ETH_HLEN + ip_bytes + gre_bytes, inner, ETH_HLEN, 0)
				    : bpf_skb_store_bytes(skb, ETH_HLEN + ip_bytes + gre_bytes, inner, ETH_HLEN + 4, 0))
		return drop(DROP_TUNNEL);
	if (tunnel->next_hop_family == AF_INET6)
		__builtin_memcpy(neighbour.ipv6_nh, tunnel->next_hop, 16);
	else
		neighbour.ipv4_nh = *(__be32 *)tunnel->next_hop;
	return bpf_redirect_neigh(tunnel->ifindex, &neighbour, sizeof(neighbour), 0);
}

/* Bytes behind the Ethernet header, the outer tag among them, that the largest packet will have that is made of this. */
static __always_inline __u32 largest(struct __sk_buff *skb)
{
	__u32 tag = skb->vlan_present ? 4 : 0, offset = ETH_HLEN, bytes;
	__u8 protocol = 0, first, words;

	if (!skb->gso_size)
		return skb->len - ETH_HLEN + tag;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (!bpf_skb_load_bytes(skb, offset + 9, &protocol, 1) && !bpf_skb_load_bytes(skb, offset, &first, 1))
			offset += (first & 15) * 4;
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		bpf_skb_load_bytes(skb, offset + 6, &protocol, 1);
		offset += 40;
	}
	if (protocol == IPPROTO_TCP && !bpf_skb_load_bytes(skb, offset + 12, &words, 1))
		offset += (words >> 4) * 4;
	else
		offset += 8;
	bytes = offset + skb->gso_size;
	return (bytes < skb->len ? bytes : skb->len) - ETH_HLEN + tag;
}

/* Whether the kernel may send a packet that is too big for the path in fragments, and the inner sender wants no other. */
static __always_inline bool may_fragment(struct __sk_buff *skb, const struct tunnel *tunnel)
{
	__be16 fragment;

	if (tunnel->type == TUNNEL_GRE || tunnel->flags & (TUNNEL_IPV6 | TUNNEL_DF) ||
	    skb->protocol == bpf_htons(ETH_P_IPV6))
		return false;
	return skb->protocol != bpf_htons(ETH_P_IP) ||
	       (!bpf_skb_load_bytes(skb, ETH_HLEN + 6, &fragment, 2) && !(fragment & bpf_htons(IP_DF)));
}

/* Sends the frame by a tunnel; it is not the caller's any more. */
static __noinline int encapsulate(struct __sk_buff *skb, __u32 index)
{
	struct tunnel *tunnel = bpf_map_lookup_elem(&tunnels, &index);

	if (!tunnel)
		return drop(DROP_BAD_ACTION);
	if (tunnel->mtu && largest(skb) > tunnel->mtu && !may_fragment(skb, tunnel))
		return upcall(skb, tunnel->port, UPCALL_TOO_BIG, 0, 0);
	if (tunnel->type == TUNNEL_GRE)
		return encapsulate_gre(skb, tunnel);
	return encapsulate_external(skb, tunnel);
}

/* RFC 6040, 4.2: congestion that was experienced on the way is handed to the inner packet, or ends one that cannot have
 * it. ECT(1) is handed on in the same way: to some it is a milder form of congestion.
 *
 * offset, type: of what is behind the inner Ethernet header and its first tag. outer: ECN_ECT1 or ECN_CE.
 * False: the packet is to be dropped. */
static __always_inline bool hand_on_congestion(struct __sk_buff *skb, __u32 offset, __be16 type, __u8 outer)
{
	__be16 before, after, tag[2];
	__u32 shift = 0;
	__u8 inner;

	if (is_tpid(type)) {
		if (bpf_skb_load_bytes(skb, offset, tag, 4))
			return true;
		type = tag[1];
		offset += 4;
	}
	if (type == bpf_htons(ETH_P_IPV6))
		shift = 4;
	else if (type != bpf_htons(ETH_P_IP))
		return true;
	if (bpf_skb_load_bytes(skb, offset, &before, 2))
		return true;
	inner = bpf_ntohs(before) >> shift & ECN_CE;
	if (inner == ECN_NOT_ECT)
		return outer != ECN_CE;
	if (inner == ECN_CE)
		return true;
	after = (before & ~bpf_htons(ECN_CE << shift)) | bpf_htons(outer << shift);
	if (shift)
		return !bpf_skb_store_bytes(skb, offset, &after, 2, BPF_F_RECOMPUTE_CSUM);
	/* A change that IPv4's own checksum makes up for leaves one of the whole packet as it is. */
	return !bpf_l3_csum_replace(skb, offset + 10, before, after, 2) &&
	       !bpf_skb_store_bytes(skb, offset, &after, 2, 0);
}

enum gre_found { GRE_FOREIGN, GRE_DROPPED, GRE_PORT };

/* If an IP packet of this host is GRE for one of our tunnels, takes the frame out of it and says its port, and in
 * skb->cb[2]:
 *
 * may_peer: 0 if skb->protocol could not be made to say what the frame is: only a path on which the receiving device
 * finds that out for itself may be taken then.
 *
 * A function of its own, and may_peer not on the stack, so that the verifier forgets which way led to a port. */
static __noinline int gre_port(struct __sk_buff *skb, struct ingress *port)
{
	struct tunnel_id id = {.type = TUNNEL_GRE};
	struct {
		__be16 flags, type;
	} gre;
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	__u32 offset = ETH_HLEN, outer_tos, room, l3;
	__u8 ethernet[ETH_HLEN];
	struct ingress *ingress;
	__be16 inner_type, tpid = 0, tag[2];

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct ip_header ip;

		if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.protocol != IPPROTO_GRE)
			return GRE_FOREIGN;
		/* Fragments: the host's stack puts them together, and Java reads them from a raw socket. */
		if (ip.fragment & bpf_htons(0x3fff))
			return GRE_FOREIGN;
		*(__be32 *)id.remote = ip.source;
		*(__be32 *)id.local = ip.destination;
		outer_tos = ip.tos;
		offset += (ip.version_length & 15) * 4;
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6_header ip;

		if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)))
			return GRE_FOREIGN;
		if (ip.next_header == IPPROTO_DSTOPTS) { /* RFC 2473, 4.1.1: how deep tunnels may be, from Linux and others */
			__u8 options[2];

			if (bpf_skb_load_bytes(skb, offset + sizeof(ip), options, 2))
				return GRE_FOREIGN;
			ip.next_header = options[0];
			offset += (options[1] + 1) * 8;
		}
		if (ip.next_header != IPPROTO_GRE)
			return GRE_FOREIGN;
		id.ipv6 = 1;
		__builtin_memcpy(id.remote, ip.source, 16);
		__builtin_memcpy(id.local, ip.destination, 16);
		outer_tos = bpf_ntohl(ip.version_class_label) >> 20 & 0xff;
		offset += sizeof(ip);
	} else {
		return GRE_FOREIGN;
	}
	if (bpf_skb_load_bytes(skb, offset, &gre, 4) || gre.type != bpf_htons(ETH_P_TEB_TYPE) ||
	    gre.flags & ~bpf_htons(GRE_KEY))
		return GRE_FOREIGN;
	offset += 4;
	if (gre.flags) {
		__be32 key;

		if (bpf_skb_load_bytes(skb, offset, &key, 4))
			return GRE_FOREIGN;
		id.key = bpf_ntohl(key);
		id.has_key = 1;
		offset += 4;
	}
	ingress = port_of_tunnel(&id);
	if (!ingress)
		return GRE_FOREIGN;
	if (bpf_skb_load_bytes(skb, offset, ethernet, ETH_HLEN)) {
		count_drop(DROP_MALFORMED);
		return GRE_DROPPED;
	}
	inner_type = *(__be16 *)(ethernet + 12);
	room = offset;
	l3 = offset + ETH_HLEN;
	/* A tag goes beside the frame: in its bytes it could not be popped, as skb->protocol knows nothing of it. */
	if (is_tpid(inner_type) && !bpf_skb_load_bytes(skb, l3, tag, 4)) {
		tpid = inner_type;
		inner_type = tag[1];
		*(__be16 *)(ethernet + 12) = inner_type;
		room += 4;
		l3 += 4;
	}
	if (outer_tos & ECN_ECT1 && !hand_on_congestion(skb, l3, inner_type, outer_tos & ECN_CE)) {
		count_drop(DROP_CONGESTION);
		return GRE_DROPPED;
	}
	/* Neither is ARP, but what is left of it is shorter than an IPv6 header, and would be refused. */
	if (id.ipv6 && inner_type != bpf_htons(ETH_P_IPV6))
		flags |= ADJ_ROOM_DECAP_L3_IPV4;
	else if (!id.ipv6 && inner_type == bpf_htons(ETH_P_IPV6))
		flags |= ADJ_ROOM_DECAP_L3_IPV6;
	/* What is too short to be taken out here goes by Java. */
	if (bpf_skb_adjust_room(skb, -(__s32)room, BPF_ADJ_ROOM_MAC, flags) &&
	    bpf_skb_adjust_room(skb, -(__s32)room, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
		return GRE_FOREIGN;
	if (bpf_skb_store_bytes(skb, 0, ethernet, ETH_HLEN, 0) ||
	    (tpid && bpf_skb_vlan_push(skb, tpid, bpf_ntohs(tag[0])))) {
		count_drop(DROP_TUNNEL);
		return GRE_DROPPED;
	}
	skb->cb[2] = skb->protocol == inner_type;
	*port = *ingress;
	return GRE_PORT;
}

#endif
