/* SPDX-License-Identifier: Apache-2.0
 *
 * Connection tracking: what connection a frame is of, and what that is by now. docs/decisions/connection-tracking.md
 * says why the kernel's own is not used.
 *
 * A frame is judged by its addresses, protocol and ports as they came. TCP goes by flags alone: sequence numbers are not
 * looked at. Two CPUs may write the same connection; what is lost by it is a timeout's fraction.
 *
 * What has to do with connections alone is in two functions that are not static, track_tuple and commit_tuple: they take
 * numbers and find the rest in the scratch, so that every kernel looks at them once and not at each call. */
#ifndef PLUMBLINE_CONNECTION_H
#define PLUMBLINE_CONNECTION_H

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

#define ICMP_ECHO_REPLY 0
#define ICMP_UNREACHABLE 3
#define ICMP_SOURCE_QUENCH 4
#define ICMP_REDIRECTED 5
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER 12
#define ICMPV6_FIRST_ERROR 1
#define ICMPV6_LAST_ERROR 4
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129

/* How long a connection stays when nothing comes; those of Linux (nf_conntrack_proto_*.c). */
#define SECOND 1000000000ULL
#define TIMEOUT_SYN_SENT (120 * SECOND)
#define TIMEOUT_SYN_RECEIVED (60 * SECOND)
#define TIMEOUT_ESTABLISHED (432000 * SECOND)
#define TIMEOUT_UNACKNOWLEDGED (300 * SECOND)
#define TIMEOUT_CLOSING (120 * SECOND)
#define TIMEOUT_RESET (10 * SECOND)
#define TIMEOUT_UDP (30 * SECOND)
#define TIMEOUT_UDP_REPLIED (120 * SECOND)
#define TIMEOUT_ICMP (30 * SECOND)
#define TIMEOUT_OTHER (600 * SECOND)

/* What commit_tuple says beside reasons to drop. */
#define TRANSLATE DROP_REASONS

/* Beside the flags of an ACTION_COMMIT: the packet was said to be of a connection that there is. */
#define COMMIT_KNOWN (1 << 15)

/* The identifier of an echo is the port of the end that requests: requests of the other end are no answers to them. */
static __always_inline bool echo_port(struct ends *ends, __u8 kind, __be16 id)
{
	if (kind == TUPLE_BEGINS)
		ends->source_port = id;
	else if (kind == TUPLE_GOES_ON)
		ends->destination_port = id;
	else
		return false;
	return true;
}

static __always_inline bool is_icmp(__u8 version, __u8 protocol)
{
	return protocol == (version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* What kind an ICMP packet is of; type in host byte order. */
static __always_inline __u8 icmp_kind(__u8 version, __u16 type)
{
	if (version == 4) {
		if (type == ICMP_ECHO_REQUEST)
			return TUPLE_BEGINS;
		if (type == ICMP_ECHO_REPLY)
			return TUPLE_GOES_ON;
		if (type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECTED ||
		    type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER)
			return TUPLE_ERROR;
		return TUPLE_NONE;
	}
	if (type == ICMPV6_ECHO_REQUEST)
		return TUPLE_BEGINS;
	if (type == ICMPV6_ECHO_REPLY)
		return TUPLE_GOES_ON;
	return type >= ICMPV6_FIRST_ERROR && type <= ICMPV6_LAST_ERROR ? TUPLE_ERROR : TUPLE_NONE;
}

/* The ends of the packet that an ICMP error is about (RFC 792; RFC 4443), which begins at the offset. Of IPv6 only of one
 * without extension headers. */
static __noinline bool inner_ends(struct __sk_buff *skb, struct ends *ends, __u8 version, __u32 offset)
{
	__u8 ip[40];

	ends->source_port = ends->destination_port = 0;
	if (version == 4) {
		if (bpf_skb_load_bytes(skb, offset, ip, 20) || ip[0] >> 4 != 4 || (ip[0] & 15) < 5 || ip[6] & 0x1f || ip[7])
			return false;
		ends->protocol = ip[9];
		__builtin_memcpy(ends->source, ip + 12, 4);
		__builtin_memcpy(ends->destination, ip + 16, 4);
		offset += (ip[0] & 15) * 4;
	} else {
		if (bpf_skb_load_bytes(skb, offset, ip, 40) || ip[0] >> 4 != 6)
			return false;
		ends->protocol = ip[6];
		__builtin_memcpy(ends->source, ip + 8, 16);
		__builtin_memcpy(ends->destination, ip + 24, 16);
		offset += 40;
	}
	if (is_icmp(version, ends->protocol)) {
		if (bpf_skb_load_bytes(skb, offset, ip, 8))
			return false;
		return echo_port(ends, icmp_kind(version, ip[0]), *(__be16 *)(ip + 4));
	}
	if (ends->protocol == IPPROTO_TCP || ends->protocol == IPPROTO_UDP || ends->protocol == IPPROTO_SCTP) {
		__be16 ports[2];

		if (bpf_skb_load_bytes(skb, offset, ports, 4))
			return false;
		ends->source_port = ports[0];
		ends->destination_port = ports[1];
	}
	return true;
}

/* From the parsed key to the packet's ends, and what it may be to a connection. */
static __noinline __u32 find_ends(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch)
{
	const struct flow_key *key = &scratch->key;
	struct ends *ends = &scratch->ends;
	__u32 offset = frame->l3_offset + skb->len - frame->length + scratch->headers.l4_offset;
	__u8 version = scratch->headers.l3 == HEADER_IPV4 ? 4 : 6, kind;
	__be16 id;

	if (scratch->headers.l3 != HEADER_IPV4 && scratch->headers.l3 != HEADER_IPV6)
		return TUPLE_NONE;
	if (key->ip_frag == FRAGMENT_LATER) /* nobody has put it together */
		return TUPLE_NONE;
	scratch->tuple.key.version = version;
	scratch->tuple.tcp_flags = 0;
	__builtin_memcpy(ends->source, key->ip_src, 16);
	__builtin_memcpy(ends->destination, key->ip_dst, 16);
	ends->source_port = ends->destination_port = 0;
	ends->protocol = key->ip_proto;
	if (is_icmp(version, ends->protocol)) {
		if (!scratch->headers.l4)
			return TUPLE_NONE;
		kind = icmp_kind(version, bpf_ntohs(key->tp_src));
		if (kind == TUPLE_ERROR) {
			/* It is for whom the packet came from that it is about, or it is forged: nf_conntrack_inet_error. */
			if (!inner_ends(skb, ends, version, offset + 8) || ends->source[0] != ((__be64 *)key->ip_dst)[0] ||
			    ends->source[1] != ((__be64 *)key->ip_dst)[1])
				return TUPLE_NONE;
			return kind;
		}
		if (bpf_skb_load_bytes(skb, offset + 4, &id, 2))
			return TUPLE_NONE;
		return echo_port(ends, kind, id) ? kind : TUPLE_NONE;
	}
	if (ends->protocol != IPPROTO_TCP && ends->protocol != IPPROTO_UDP && ends->protocol != IPPROTO_SCTP)
		return TUPLE_BEGINS;
	if (!scratch->headers.l4)
		return TUPLE_NONE;
	ends->source_port = key->tp_src;
	ends->destination_port = key->tp_dst;
	if (ends->protocol == IPPROTO_TCP) {
		__u16 flags = bpf_ntohs(key->tcp_flags);

		scratch->tuple.tcp_flags = flags;
		/* Like Linux, take over what began elsewhere or before: nf_conntrack_tcp_loose. */
		flags &= TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN;
		return flags == TCP_SYN || flags == TCP_ACK ? TUPLE_BEGINS : TUPLE_GOES_ON;
	}
	return TUPLE_BEGINS;
}

/* Puts the ends of a packet into a key. 1: it goes from the high end to the low one. */
static __noinline __u8 order_ends(const struct ends *ends, struct connection_key *key)
{
	__u64 from = bpf_be64_to_cpu(ends->source[0]), to = bpf_be64_to_cpu(ends->destination[0]);

	if (from == to) {
		from = bpf_be64_to_cpu(ends->source[1]);
		to = bpf_be64_to_cpu(ends->destination[1]);
	}
	if (from == to) {
		from = bpf_ntohs(ends->source_port);
		to = bpf_ntohs(ends->destination_port);
	}
	if (from > to) {
		__builtin_memcpy(key->low_address, ends->destination, 16);
		__builtin_memcpy(key->high_address, ends->source, 16);
		key->low_port = ends->destination_port;
		key->high_port = ends->source_port;
		return 1;
	}
	__builtin_memcpy(key->low_address, ends->source, 16);
	__builtin_memcpy(key->high_address, ends->destination, 16);
	key->low_port = ends->source_port;
	key->high_port = ends->destination_port;
	return 0;
}

/* Says whose the packet is that the scratch's key is of. */
static __noinline struct tuple *read_tuple(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch,
					   __u32 zone)
{
	struct tuple *tuple = &scratch->tuple;

	tuple->key.zone = zone;
	tuple->kind = find_ends(skb, frame, scratch);
	tuple->key.protocol = scratch->ends.protocol;
	tuple->from_high = order_ends(&scratch->ends, &tuple->key);
	return tuple;
}

/* The connection that a packet is of, over or not; NULL: none. Behind nat it has other ends than it began with. */
static __noinline struct connection *find_connection(struct tuple *tuple)
{
	struct connection *connection = bpf_map_lookup_elem(&connections, &tuple->key);
	/* It has the ends of the packet that it is about, which went the other way. */
	bool is_error = tuple->kind == TUPLE_ERROR;
	struct translation *translation;

	tuple->astray = tuple->other_side = 0;
	if (connection) {
		tuple->reply = tuple->from_high != (connection->flags & CONNECTION_FROM_HIGH);
		if (connection->flags & CONNECTION_NAT)
			tuple->astray = tuple->reply != is_error;
		return connection;
	}
	translation = bpf_map_lookup_elem(&translations, &tuple->key);
	if (!translation || translation->is_original)
		return NULL;
	tuple->reply = tuple->from_high != translation->from_high;
	tuple->astray = tuple->reply == is_error;
	tuple->other_side = 1;
	connection = bpf_map_lookup_elem(&connections, &translation->other);
	return connection && connection->flags & CONNECTION_NAT ? connection : NULL;
}

/* How long it stays from its last packet on. */
static __always_inline __u64 timeout(const struct connection *connection, __u8 protocol)
{
	bool replied = connection->flags & CONNECTION_REPLIED;

	switch (connection->state) {
	case CONNECTION_SYN_SENT:
		return TIMEOUT_SYN_SENT;
	case CONNECTION_SYN_RECEIVED:
		return TIMEOUT_SYN_RECEIVED;
	case CONNECTION_ESTABLISHED:
		return replied ? TIMEOUT_ESTABLISHED : TIMEOUT_UNACKNOWLEDGED;
	case CONNECTION_CLOSING:
	case CONNECTION_CLOSED:
		return TIMEOUT_CLOSING;
	case CONNECTION_RESET:
		return TIMEOUT_RESET;
	}
	if (protocol == IPPROTO_UDP)
		return replied ? TIMEOUT_UDP_REPLIED : TIMEOUT_UDP;
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6 ? TIMEOUT_ICMP : TIMEOUT_OTHER;
}

/* Whether a packet finds a connection that is over: it may begin the next one of the same ends. */
static __always_inline bool is_over(const struct connection *connection, const struct tuple *tuple, __u64 now)
{
	return connection->expires_ns <= now ||
	       (connection->state >= CONNECTION_CLOSED && (tuple->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN);
}

/* What a TCP segment makes of its connection. False: it cannot be one of it. */
static __always_inline bool tcp_segment(struct connection *connection, __u16 flags, bool reply)
{
	if (flags & TCP_RST) {
		connection->state = CONNECTION_RESET;
		connection->flags &= ~CONNECTION_RESET_REPLY;
		if (reply)
			connection->flags |= CONNECTION_RESET_REPLY;
		return true;
	}
	if (flags & TCP_SYN) {
		if (connection->state == CONNECTION_SYN_SENT) {
			/* The answer; or both ends began at once (RFC 9293, 3.5). */
			if (reply)
				connection->state = CONNECTION_SYN_RECEIVED;
			else if (flags & TCP_ACK)
				return false;
		}
		return true; /* otherwise one that is late: the other end answers it with an ACK (RFC 5961, 4) */
	}
	switch (connection->state) {
	case CONNECTION_SYN_RECEIVED:
		if (!reply && flags & TCP_ACK)
			connection->state = CONNECTION_ESTABLISHED;
		break;
	case CONNECTION_RESET:
		/* The end in whose name the RST was sent goes on: it was not its own (RFC 5961, 3). */
		if (reply == !!(connection->flags & CONNECTION_RESET_REPLY))
			connection->state = CONNECTION_ESTABLISHED;
		break;
	}
	if (flags & TCP_FIN && connection->state >= CONNECTION_SYN_RECEIVED && connection->state < CONNECTION_RESET) {
		connection->flags |= reply ? CONNECTION_FIN_REPLY : CONNECTION_FIN;
		connection->state = (connection->flags & (CONNECTION_FIN | CONNECTION_FIN_REPLY)) ==
						    (CONNECTION_FIN | CONNECTION_FIN_REPLY)
					    ? CONNECTION_CLOSED
					    : CONNECTION_CLOSING;
	}
	return true;
}

static __always_inline __be64 answer(__u32 zone, __u32 mark, __u32 state)
{
	return bpf_cpu_to_be64((__u64)mark << CT_MARK_SHIFT | (__u64)(zone & 0xffff) << CT_ZONE_SHIFT |
			       (zone >> 16) << CT_BRIDGE_SHIFT | state | CT_TRK);
}

/* What the packet that the scratch's tuple is of is to a zone; it counts as seen there. */
__noinline __u64 track_tuple(__u32 zone)
{
	struct scratch *scratch = the_scratch();
	struct connection *connection;
	__u64 now = bpf_ktime_get_coarse_ns(), stays;
	struct tuple *tuple;
	__u8 state;
	bool reply;

	if (!scratch)
		return answer(zone, 0, CT_INV);
	tuple = &scratch->tuple;
	if (tuple->kind == TUPLE_NONE)
		return answer(zone, 0, CT_INV);
	connection = find_connection(tuple);
	if (!connection || is_over(connection, tuple, now))
		return answer(zone, 0, tuple->kind == TUPLE_BEGINS ? CT_NEW : CT_INV);
	if (tuple->astray)
		return answer(zone, 0, CT_INV);
	reply = tuple->reply;
	if (tuple->kind == TUPLE_ERROR) /* it goes against the packet that it is about */
		return answer(zone, connection->mark, reply ? CT_REL : CT_REL | CT_RPL);
	state = connection->state;
	if (reply && !(connection->flags & CONNECTION_REPLIED))
		connection->flags |= CONNECTION_REPLIED;
	if (tuple->key.protocol == IPPROTO_TCP && !tcp_segment(connection, tuple->tcp_flags, reply))
		return answer(zone, connection->mark, CT_INV);
	/* What comes after a RST is no sign of life, and to write what is as good as there costs other CPUs their caches. */
	stays = now + timeout(connection, tuple->key.protocol);
	if (connection->state != state ||
	    (connection->state != CONNECTION_RESET && stays > connection->expires_ns + SECOND / 2))
		connection->expires_ns = stays;
	if (reply)
		return answer(zone, connection->mark, CT_EST | CT_RPL);
	return answer(zone, connection->mark, connection->flags & CONNECTION_REPLIED ? CT_EST : CT_NEW);
}

/* Says what the frame that the scratch's key is of is to a zone, and counts it as seen there. */
static __noinline __be64 track(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch, __u32 zone)
{
	read_tuple(skb, frame, scratch, zone);
	return track_tuple(zone);
}

/* Whether the port may have one more connection: as many as there is room left. So whoever begins all that he can leaves
 * as much to all others, and less the more of them do the same. */
static __always_inline bool has_room(__u32 *of_port, __u32 *of_all)
{
	/* Signed: what is counted anew meanwhile may be less than what leaves then. */
	__s32 left = of_all ? CONNECTIONS - (__s32)*of_all : 0;

	return of_port && left > 0 && (__s32)*of_port < left;
}

static __always_inline __u32 *share(__u32 port)
{
	return bpf_map_lookup_elem(&connection_shares, &port);
}

static __always_inline bool is_same_key(const struct connection_key *one, const struct connection_key *other)
{
	const __u32 *words = (const __u32 *)one, *others = (const __u32 *)other;
	__u32 differs = 0;

	for (int i = 0; i < sizeof(*one) / 4; i++)
		differs |= words[i] ^ others[i];
	return !differs;
}

/* Lets go of both sides' ends of a translated connection, by those of either. The other side's may be another
 * connection's by now. */
static __noinline int forget_translation(const struct connection_key *key)
{
	struct translation *there = bpf_map_lookup_elem(&translations, key), *other;

	if (!there)
		return 0;
	other = bpf_map_lookup_elem(&translations, &there->other);
	if (other && other->is_original != there->is_original && is_same_key(&other->other, key))
		bpf_map_delete_elem(&translations, &there->other);
	bpf_map_delete_elem(&translations, key);
	return 0;
}

/* Which ports a connection may get behind nat, as in Linux (nf_nat_core.c): its own if nobody has that. */
static __noinline int search_ports(struct nat_search *search, const struct nat_range *range, const struct tuple *tuple,
				   __u32 own, __u32 hash)
{
	__u8 protocol = tuple->key.protocol;
	__u32 first = own, last = own;

	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6) {
		if (range->flags & NAT_SOURCE) {
			first = 0;
			last = 0xffff;
		}
	} else if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) {
		if (range->first_port) {
			first = range->first_port;
			last = range->last_port;
		} else if (range->flags & NAT_SOURCE) {
			first = own < 512 ? 1 : own < 1024 ? 600 : 1024;
			last = own < 512 ? 511 : own < 1024 ? 1023 : 0xffff;
		}
	}
	search->first = first;
	search->ports = last - first + 1;
	search->start = own < first || own > last ? (hash + own) % search->ports : own - first;
	search->stride = search->ports / NAT_TRIES;
	if (!search->stride)
		search->stride = 1;
	return 0;
}

/* Tries one port for a connection behind nat. */
static __noinline bool try_port(struct scratch *scratch, __u32 number)
{
	struct nat_search *search = &scratch->search;
	__be16 *ports = &scratch->translated_key.low_port; /* and the high one */

	ports[search->high & 1] = bpf_htons(search->first + (search->start + number * search->stride) % search->ports);
	return !bpf_map_lookup_elem(&connections, &scratch->translated_key) &&
	       !bpf_map_update_elem(&translations, &scratch->translated_key, &scratch->back, BPF_NOEXIST);
}

/* Finds the connection that begins ends behind nat that nobody has, and keeps both ways. begun.flags say whether they
 * are other ones. Not 0: why there are none. */
static __noinline __u32 translate_connection(struct scratch *scratch, __u32 number)
{
	struct nat_range *range = bpf_map_lookup_elem(&nat_ranges, &number);
	struct tuple *tuple = &scratch->tuple;
	struct ends *ends = &scratch->translated;
	__u32 *words = (__u32 *)scratch->ends.source, *to, hash = 0, own;
	bool is_source, found = false;
	__u8 from_high;

	if (!range || range->version != tuple->key.version)
		return DROP_NAT;
	*ends = scratch->ends;
	for (int i = 0; i < 4; i++)
		hash = hash_word(hash, words[i]);
	hash = hash_finish(hash, 16);
	is_source = range->flags & NAT_SOURCE;
	to = (__u32 *)(is_source ? ends->source : ends->destination);
	own = bpf_ntohs(is_source ? ends->source_port : ends->destination_port);
	__builtin_memcpy(to, range->address, 16);
	to[range->word & 3] = bpf_htonl(bpf_ntohl(to[range->word & 3]) + hash % range->addresses);
	search_ports(&scratch->search, range, tuple, own, hash);
	if (!((ends->source[0] ^ scratch->ends.source[0]) | (ends->source[1] ^ scratch->ends.source[1]) |
	      (ends->destination[0] ^ scratch->ends.destination[0]) |
	      (ends->destination[1] ^ scratch->ends.destination[1]) |
	      ((scratch->search.first + scratch->search.start) ^ own)))
		return 0; /* it has these ends already */
	scratch->translated_key = tuple->key;
	from_high = order_ends(ends, &scratch->translated_key);
	if (!((ends->source[0] ^ ends->destination[0]) | (ends->source[1] ^ ends->destination[1])))
		return DROP_NAT; /* whose order would depend on the ports */
	scratch->search.high = from_high == is_source;
	scratch->back.other = tuple->key;
	scratch->back.from_high = scratch->there.other_from_high = from_high;
	scratch->back.other_from_high = scratch->there.from_high = tuple->from_high;
	scratch->back.is_original = 0;
	scratch->there.is_original = 1;
	for (__u64 i = 0; i < NAT_TRIES; i++) {
		if (i >= scratch->search.ports)
			break;
		found = try_port(scratch, i);
		if (found)
			break;
	}
	if (!found)
		return DROP_NAT;
	scratch->there.other = scratch->translated_key;
	if (bpf_map_update_elem(&translations, &tuple->key, &scratch->there, BPF_NOEXIST)) {
		/* Another CPU has begun the same connection: it is what that says. Or there is no room. */
		bpf_map_delete_elem(&translations, &scratch->translated_key);
		if (!bpf_map_lookup_elem(&translations, &tuple->key))
			return DROP_CONNECTIONS;
	}
	scratch->begun.flags |= CONNECTION_NAT;
	return 0;
}

/* Keeps a connection that a packet begins, in the place of one that is over. Not 0: why not. */
static __noinline __u32 begin(struct scratch *scratch, __u32 port, __u32 range, __u32 mark, struct connection *over)
{
	struct tuple *tuple = &scratch->tuple;
	struct connection *begun = &scratch->begun;
	__u32 *of_port = share(port), *of_all = share(0), *of_over = NULL, refused;

	if (!over && !has_room(of_port, of_all))
		return DROP_CONNECTIONS;
	if (over)
		of_over = share(over->port);
	/* Of what is over, perhaps of the other side, or of what left meanwhile. */
	forget_translation(&tuple->key);
	begun->mark = mark;
	begun->flags = tuple->from_high ? CONNECTION_FROM_HIGH : 0;
	begun->state = CONNECTION_OPEN;
	begun->port = port;
	if (tuple->key.protocol == IPPROTO_TCP)
		begun->state = tuple->tcp_flags & TCP_SYN ? CONNECTION_SYN_SENT : CONNECTION_ESTABLISHED;
	begun->expires_ns = bpf_ktime_get_coarse_ns() + timeout(begun, tuple->key.protocol);
	if (range) {
		refused = translate_connection(scratch, range);
		if (refused)
			return refused;
	}
	if (bpf_map_update_elem(&connections, &tuple->key, begun, BPF_ANY)) {
		forget_translation(&tuple->key);
		return DROP_CONNECTIONS;
	}
	if (of_over)
		__sync_fetch_and_add(of_over, -1);
	else if (of_all)
		__sync_fetch_and_add(of_all, 1);
	if (of_port)
		__sync_fetch_and_add(of_port, 1);
	return 0;
}

/* Says which ends packets of the tuple's connection have on the other side of nat; of an error, the packet that it is
 * about. Not 0: why they have none. */
static __always_inline __u32 other_side(struct scratch *scratch)
{
	struct tuple *tuple = &scratch->tuple;
	struct translation *translation = bpf_map_lookup_elem(&translations, &tuple->key);
	struct ends *ends = &scratch->translated;

	if (!translation)
		return DROP_NAT;
	if (tuple->reply != translation->other_from_high) {
		__builtin_memcpy(ends->source, translation->other.high_address, 16);
		__builtin_memcpy(ends->destination, translation->other.low_address, 16);
		ends->source_port = translation->other.high_port;
		ends->destination_port = translation->other.low_port;
	} else {
		__builtin_memcpy(ends->source, translation->other.low_address, 16);
		__builtin_memcpy(ends->destination, translation->other.high_address, 16);
		ends->source_port = translation->other.low_port;
		ends->destination_port = translation->other.high_port;
	}
	return TRANSLATE;
}

/* Keeps a connection of the packet that the scratch's tuple is of, by an ACTION_COMMIT with these flags, and its port as
 * their upper half. TRANSLATE: the packet is to get the ends that are now in the scratch. Neither that nor 0: it cannot
 * be, and why. */
__noinline __u32 commit_tuple(__u32 zone, __u32 range_flags, __u32 mark, __u32 in_port)
{
	struct scratch *scratch = the_scratch();
	struct connection *connection;
	struct tuple *tuple;
	__u32 refused, gone = 0;
	__u8 flags;

	if (!scratch)
		return 0;
	/* What was decided to be translated must not leave as it came. */
	if ((range_flags & (COMMIT_NAT | COMMIT_KNOWN)) == (COMMIT_NAT | COMMIT_KNOWN))
		gone = DROP_NAT;
	tuple = &scratch->tuple;
	if (tuple->kind == TUPLE_NONE)
		return 0;
	tuple->key.zone = zone;
	connection = find_connection(tuple);
	if (connection && !is_over(connection, tuple, bpf_ktime_get_coarse_ns())) {
		if (tuple->astray)
			return gone;
		if (range_flags & COMMIT_MARK && connection->mark != mark)
			connection->mark = mark;
		flags = connection->flags;
	} else {
		if (gone || tuple->kind != TUPLE_BEGINS || range_flags & COMMIT_NOTHING)
			return gone;
		if (tuple->other_side) /* what is over has other ends */
			connection = NULL;
		refused = begin(scratch, in_port, range_flags >> 16, range_flags & COMMIT_MARK ? mark : 0, connection);
		if (refused)
			return refused;
		tuple->reply = 0;
		flags = scratch->begun.flags;
	}
	return range_flags & COMMIT_NAT && flags & CONNECTION_NAT ? other_side(scratch) : 0;
}

/* Finds what nat changes in the packet that an ICMP error is about. False: it is cut off before that. */
static __noinline bool find_inner(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch)
{
	__u32 l3 = frame->l3_offset + skb->len - frame->length, end;
	struct inner *inner = &scratch->inner;
	bool is_four = scratch->tuple.key.version == 4;
	__u8 length = 0;
	__be16 word = 0;

	inner->icmp = l3 + scratch->headers.l4_offset;
	inner->ip = inner->icmp + 8;
	inner->covered = inner->sum = inner->sum_flags = 0;
	if (bpf_skb_load_bytes(skb, inner->ip, &length, 1) || bpf_skb_load_bytes(skb, l3 + (is_four ? 2 : 4), &word, 2))
		return false;
	inner->l4 = inner->ip + (is_four ? (length & 15) * 4 : 40);
	end = l3 + bpf_ntohs(word) + (is_four ? 0 : 40);
	if (is_icmp(scratch->tuple.key.version, scratch->ends.protocol)) {
		inner->sum = inner->l4 + 2;
		inner->covered = is_four ? INNER_PORTS : INNER_ADDRESSES | INNER_PORTS;
		return inner->l4 + 8 <= end;
	}
	switch (scratch->ends.protocol) {
	case IPPROTO_TCP:
		inner->sum = inner->l4 + 16;
		if (inner->l4 + 20 <= end)
			inner->covered = INNER_ADDRESSES | INNER_PORTS;
		break;
	case IPPROTO_UDP:
		inner->sum = inner->l4 + 6;
		inner->sum_flags = BPF_F_MARK_MANGLED_0;
		if (!bpf_skb_load_bytes(skb, inner->sum, &word, 2) && word)
			inner->covered = INNER_ADDRESSES | INNER_PORTS;
		break;
	default:
		return true; /* addresses alone */
	}
	return inner->l4 + 8 <= end;
}

/* Writes addresses of the packet that an ICMP error is about; what the checksum of its layer 4 takes of it. What IPv4's
 * checksum covers that makes up for in the error's. */
static __always_inline __u32 set_inner_addresses(struct __sk_buff *skb, struct inner *inner, const __be32 *words,
						 bool is_four, long *failed)
{
	__u32 diff;

	if (is_four) {
		inner->now[0] = words[0];
		inner->now[1] = words[4];
		*failed |= bpf_skb_load_bytes(skb, inner->ip + 12, inner->was, 8);
		*failed |= bpf_skb_store_bytes(skb, inner->ip + 12, inner->now, 8, 0);
		diff = bpf_csum_diff(inner->was, 8, inner->now, 8, 0);
		*failed |= bpf_l3_csum_replace(skb, inner->ip + 10, 0, diff, 0);
	} else {
		*failed |= bpf_skb_load_bytes(skb, inner->ip + 8, inner->was, 32);
		*failed |= bpf_skb_store_bytes(skb, inner->ip + 8, words, 32, 0);
		diff = bpf_csum_diff(inner->was, 32, (__be32 *)words, 32, 0);
		*failed |= bpf_l4_csum_replace(skb, inner->icmp + 2, 0, diff, 0);
	}
	return inner->covered & INNER_ADDRESSES ? diff : 0;
}

/* Gives the packet that an ICMP error is about the ends that are in the scratch, those it has on the other side of nat,
 * and puts there those of the error itself. Not 0: why it cannot be. */
static __noinline __u32 translate_inner(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch)
{
	struct inner *inner = &scratch->inner;
	struct ends *ends = &scratch->translated, *were = &scratch->ends;
	__u8 version = scratch->tuple.key.version, type = 0;
	__be16 before = 0, after = 0;
	__u32 diff, at;
	long failed = 0;
	__u64 to[2];

	/* It would send whom it is for elsewhere; Linux drops it, too. */
	if (version == 4 && scratch->key.tp_src == bpf_htons(ICMP_REDIRECTED))
		return DROP_NAT_ERROR;
	if (!find_inner(skb, frame, scratch))
		return DROP_NAT_ERROR;
	if (inner->covered)
		failed |= bpf_skb_load_bytes(skb, inner->sum, &before, 2);
	diff = set_inner_addresses(skb, inner, (__be32 *)ends->source, version == 4, &failed);
	if (inner->sum) {
		at = inner->l4;
		inner->now[0] = *(__be32 *)&ends->source_port; /* and the other one */
		if (is_icmp(version, were->protocol)) {
			failed |= bpf_skb_load_bytes(skb, at, &type, 1);
			at += 4;
			failed |= bpf_skb_load_bytes(skb, at, inner->now, 4);
			*(__be16 *)inner->now = icmp_kind(version, type) == TUPLE_BEGINS ? ends->source_port
											 : ends->destination_port;
		}
		failed |= bpf_skb_load_bytes(skb, at, inner->was, 4);
		failed |= bpf_skb_store_bytes(skb, at, inner->now, 4, 0);
		failed |= bpf_l4_csum_replace(skb, inner->icmp + 2, inner->was[0], inner->now[0], SUM_BYTES);
		diff = bpf_csum_diff(inner->was, 4, inner->now, 4, diff);
	}
	if (inner->covered) {
		failed |= bpf_l4_csum_replace(skb, inner->sum, 0, diff, inner->sum_flags);
		failed |= bpf_skb_load_bytes(skb, inner->sum, &after, 2);
		failed |= bpf_l4_csum_replace(skb, inner->icmp + 2, before, after, 2);
	}
	/* The error is for the one whose packet it is about, and comes from the other end if that is the translated one, as
	 * in Linux (nf_nat_icmp_reply_translation): a router on this side nobody knows on that. */
	to[0] = ends->source[0];
	to[1] = ends->source[1];
	if ((ends->destination[0] ^ were->destination[0]) | (ends->destination[1] ^ were->destination[1]) |
	    (ends->destination_port ^ were->destination_port))
		__builtin_memcpy(ends->source, ends->destination, 16);
	else
		__builtin_memcpy(ends->source, scratch->key.ip_src, 16);
	ends->destination[0] = to[0];
	ends->destination[1] = to[1];
	return failed ? DROP_SET : 0;
}

/* Gives a packet the ends that are in the scratch. Not 0: why it cannot. */
static __noinline __u32 translate_packet(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch)
{
	struct tuple *tuple = &scratch->tuple;
	struct action *set = &scratch->set;
	struct ends *ends = &scratch->translated;
	__be32 *words = (__be32 *)ends->source; /* and destination */
	__u32 failed = 0;
	bool is_error = tuple->kind == TUPLE_ERROR;

	if (is_error) {
		failed = translate_inner(skb, frame, scratch);
		if (failed)
			return failed;
	}
	/* An echo has its one port twice, and nothing else has the other field; an error has none of its own. In the scratch,
	 * where they make no difference to the verifier. */
	scratch->ports[0].type = scratch->ports[1].type = ACTION_SET;
	scratch->ports[0].flags = is_error ? SET_NOTHING : SET_TP_SRC;
	scratch->ports[1].flags = is_error ? SET_NOTHING : SET_TP_DST;
	scratch->ports[0].arg = bpf_ntohs(ends->source_port);
	scratch->ports[1].arg = bpf_ntohs(ends->destination_port);
	if (!is_error && is_icmp(tuple->key.version, tuple->key.protocol)) {
		scratch->ports[0].flags = SET_ICMP_ID;
		scratch->ports[1].flags = SET_NOTHING;
		if (tuple->kind != TUPLE_BEGINS)
			scratch->ports[0].arg = scratch->ports[1].arg;
	}
	begin_rewriting(skb, &scratch->headers, frame->l3_offset + skb->len - frame->length);
	set->type = ACTION_SET;
	for (__u64 i = 0; i < 8; i++) { /* of IPv4 there is the first of four words alone, and nothing is done with others */
		set->flags = i < 4 ? SET_IP_SRC : SET_IP_DST;
		set->port = i & 3;
		set->arg = bpf_ntohl(words[i]);
		failed |= !set_field(skb, frame, set);
	}
	for (__u64 i = 0; i < 2; i++)
		failed |= !set_field(skb, frame, &scratch->ports[i]);
	return failed ? DROP_SET : 0;
}

static __always_inline __u32 commit(const struct frame *frame, const struct action *action)
{
	__u64 asked = bpf_be64_to_cpu(action->flags & 1 ? frame->ct[1] : frame->ct[0]);
	__u32 zone = ((asked >> CT_BRIDGE_SHIFT) & 0x3ff) << 16 | ((asked >> CT_ZONE_SHIFT) & 0xffff);

	if (action->type != ACTION_COMMIT)
		return 0;
	return commit_tuple(zone, (__u32)action->port << 16 | (asked & (CT_EST | CT_REL) ? COMMIT_KNOWN : 0) | action->flags,
			    action->arg, frame->key.in_port);
}

/* The commits of a flow: they come first, and are done before its actions, for the sake of the verifier's loops. Not 0:
 * one was refused, and why. */
static __noinline __u32 commit_all(struct __sk_buff *skb, const struct frame *frame, const struct action *actions)
{
	struct scratch *scratch = parse_all(skb, frame);
	__u32 done, translates = 0;

	if (!scratch)
		return 0;
	read_tuple(skb, frame, scratch, 0);
	for (__u64 i = 0; i < CT_ANSWERS; i++) {
		done = commit(frame, &actions[i]);
		if (done == TRANSLATE)
			translates = 1;
		else if (done)
			return done;
	}
	return translates ? translate_packet(skb, frame, scratch) : 0;
}

#endif
