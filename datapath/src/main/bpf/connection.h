/* SPDX-License-Identifier: Apache-2.0
 *
 * Connection tracking: what connection a frame is of, and what that is by now. docs/decisions/connection-tracking.md
 * says why the kernel's own is not used.
 *
 * A frame is judged by its addresses, protocol and ports as they came. TCP goes by flags alone: sequence numbers are not
 * looked at. Two CPUs may write the same connection; what is lost by it is a timeout's fraction. */
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

/* Says whose the packet is that the scratch's key is of. */
static __noinline struct tuple *read_tuple(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch,
					   __u32 zone)
{
	struct tuple *tuple = &scratch->tuple;
	struct ends *ends = &scratch->ends;
	__u64 from, to;

	tuple->key.zone = zone;
	tuple->kind = find_ends(skb, frame, scratch);
	tuple->key.protocol = ends->protocol;
	from = bpf_be64_to_cpu(ends->source[0]);
	to = bpf_be64_to_cpu(ends->destination[0]);
	if (from == to) {
		from = bpf_be64_to_cpu(ends->source[1]);
		to = bpf_be64_to_cpu(ends->destination[1]);
	}
	if (from == to) {
		from = bpf_ntohs(ends->source_port);
		to = bpf_ntohs(ends->destination_port);
	}
	if (from > to) {
		tuple->from_high = 1;
		__builtin_memcpy(tuple->key.low_address, ends->destination, 16);
		__builtin_memcpy(tuple->key.high_address, ends->source, 16);
		tuple->key.low_port = ends->destination_port;
		tuple->key.high_port = ends->source_port;
	} else {
		tuple->from_high = 0;
		__builtin_memcpy(tuple->key.low_address, ends->source, 16);
		__builtin_memcpy(tuple->key.high_address, ends->destination, 16);
		tuple->key.low_port = ends->source_port;
		tuple->key.high_port = ends->destination_port;
	}
	return tuple;
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

/* Says what the frame that the scratch's key is of is to a zone, and counts it as seen there. */
static __noinline __be64 track(struct __sk_buff *skb, const struct frame *frame, struct scratch *scratch, __u32 zone)
{
	struct tuple *tuple = read_tuple(skb, frame, scratch, zone);
	struct connection *connection;
	__u64 now = bpf_ktime_get_coarse_ns(), stays;
	__u8 state;
	bool reply;

	if (tuple->kind == TUPLE_NONE)
		return answer(zone, 0, CT_INV);
	connection = bpf_map_lookup_elem(&connections, &tuple->key);
	if (!connection || is_over(connection, tuple, now))
		return answer(zone, 0, tuple->kind == TUPLE_BEGINS ? CT_NEW : CT_INV);
	reply = tuple->from_high != (connection->flags & CONNECTION_FROM_HIGH);
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

/* Keeps a packet's connection, if that is what the action says. False: there is no room. */
static __always_inline bool commit(const struct frame *frame, struct tuple *tuple, const struct action *action)
{
	__u64 asked = bpf_be64_to_cpu(action->flags & 1 ? frame->ct[1] : frame->ct[0]), now = bpf_ktime_get_coarse_ns();
	struct connection *connection, begun = {};

	if (action->type != ACTION_COMMIT)
		return true;
	tuple->key.zone = ((asked >> CT_BRIDGE_SHIFT) & 0x3ff) << 16 | ((asked >> CT_ZONE_SHIFT) & 0xffff);
	connection = bpf_map_lookup_elem(&connections, &tuple->key);
	if (connection && !is_over(connection, tuple, now)) {
		if (action->flags & COMMIT_MARK && connection->mark != action->arg)
			connection->mark = action->arg;
		return true;
	}
	if (tuple->kind != TUPLE_BEGINS)
		return true;
	if (action->flags & COMMIT_MARK)
		begun.mark = action->arg;
	if (tuple->from_high)
		begun.flags = CONNECTION_FROM_HIGH;
	if (tuple->key.protocol == IPPROTO_TCP)
		begun.state = tuple->tcp_flags & TCP_SYN ? CONNECTION_SYN_SENT : CONNECTION_ESTABLISHED;
	begun.expires_ns = now + timeout(&begun, tuple->key.protocol);
	return !bpf_map_update_elem(&connections, &tuple->key, &begun, BPF_ANY);
}

/* The commits of a flow: they come first, and are done before its actions, for the sake of the verifier's loops. False:
 * there was no room. */
static __noinline bool commit_all(struct __sk_buff *skb, const struct frame *frame, const struct action *actions)
{
	struct scratch *scratch = parse_all(skb, frame);
	struct tuple *tuple;

	if (!scratch)
		return true;
	tuple = read_tuple(skb, frame, scratch, 0);
	if (tuple->kind == TUPLE_NONE)
		return true;
	return commit(frame, tuple, &actions[0]) && commit(frame, tuple, &actions[1]);
}

#endif
