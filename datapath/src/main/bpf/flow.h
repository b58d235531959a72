/* SPDX-License-Identifier: Apache-2.0
 *
 * What Java and the eBPF programs share: the layout of keys, flows, actions and of the maps' values.
 * dev.plumbline.datapath.flow.FlowKey, .flow.Action and .bpf.Layout say the same in Java; LayoutTest compares them
 * with the sizes and offsets that this header's BTF has.
 */
#ifndef PLUMBLINE_FLOW_H
#define PLUMBLINE_FLOW_H

#include <linux/types.h>

#define VLAN_PRESENT 0x1000 /* the CFI bit, as Open vSwitch has it: a tag is there, even a priority tag with VID 0 */

#define ACTIONS_INLINE 8 /* actions in a flow */
#define ACTIONS_LIST 72 /* actions in a list: 32 outputs, each with a tag pushed and popped, and some to spare */
#define MASKS 8
#define SLOTS 256
#define BUCKETS 256 /* of a bond */
#define TRAILS 131072
#define TRAIL_SHARDS 2 /* counters of a trail, so that not all CPUs write to one place */

/* A packet as the switch sees it. The first 24 bytes are the layer 2 key, a map of its own.
 * Fields that a packet does not have are 0. Network byte order but for in_port.
 *
 *   0        2        4            10           16        18         20         22          24
 *   +--------+--------+------------+------------+---------+----------+----------+-----------+
 *   | in_port| vlan   |  eth_dst   |  eth_src   | eth_type| vlan_tpid| inner_tci| inner_tpid|
 *   +--------+--------+--+----+----+---+--------+-+-------+----------+----------+-----------+
 *   24       25     26   27   28       30       32
 *   | proto  | frag | tos| ttl| tp_src | tp_dst |   ip_src (16)  48   ip_dst (16)  64
 *   64                 72          74        76
 *   | tun_id (8)       | tcp_flags | reserved| ipv6_label (4) | 80
 *   80                 88                 96
 *   | ct (8)           | ct_2 (8)         |
 */
struct l2_key {
	__u16 in_port; /* datapath port number, host byte order */
	__be16 vlan_tci; /* outer tag | VLAN_PRESENT; 0: untagged */
	__u8 eth_dst[6];
	__u8 eth_src[6];
	__be16 eth_type; /* behind the tags; an 802.3 length: LLC, 0x05ff */
	__be16 vlan_tpid;
	__be16 inner_tci; /* second tag | VLAN_PRESENT */
	__be16 inner_tpid;
};

struct flow_key {
	struct l2_key l2;
	__u8 ip_proto; /* ARP: the operation's low byte */
	__u8 ip_frag; /* 0 none, 1 first fragment, 3 a later one */
	__u8 ip_tos;
	__u8 ip_ttl;
	__be16 tp_src; /* ICMP: type */
	__be16 tp_dst; /* ICMP: code */
	__u8 ip_src[16]; /* IPv4 in the first 4 bytes; ARP: sender's IPv4, then its MAC */
	__u8 ip_dst[16]; /* as ip_src; ARP: target's */
	__be64 tun_id;
	__be16 tcp_flags;
	__u16 reserved;
	__be32 ipv6_label;
	__be64 ct; /* what connection tracking said: CT_*; 0: it has not been asked */
	__be64 ct_2; /* the same of another zone */
};

/* What connection tracking says of a packet, 64 bits of which the highest are the connection's mark. The next 16 are
 * the zone that was asked, 10 the bridge whose zone it is, and the lowest say what the packet is: ct_state of Open vSwitch. */
#define CT_NEW 1 /* may begin a connection; or nothing has come back of it yet */
#define CT_EST 2 /* of a connection of which packets have come both ways */
#define CT_REL 4 /* an ICMP error about a packet of a connection */
#define CT_RPL 8 /* goes to the end that began it */
#define CT_INV 16 /* of no connection, and begins none */
#define CT_TRK 32 /* has been asked */
#define CT_BRIDGE_SHIFT 6
#define CT_ZONE_SHIFT 16
#define CT_MARK_SHIFT 32
#define CT_ANSWERS 2 /* zones that are asked of a packet */

/* A connection, whichever way a packet of it goes. */
struct connection_key {
	__u8 low_address[16]; /* of the two ends the one whose address, then port, comes first; IPv4 in the first 4 bytes */
	__u8 high_address[16];
	__be16 low_port; /* ICMP: the identifier, in both; a protocol without ports: 0 */
	__be16 high_port;
	__u32 zone; /* bridge << 16 | zone */
	__u8 protocol;
	__u8 version; /* of IP */
	__u16 reserved;
};

struct connection {
	__u64 expires_ns; /* CLOCK_MONOTONIC_COARSE: from then on it is as if it were not there */
	__u32 mark;
	__u8 state; /* connection_state */
	__u8 flags; /* CONNECTION_* */
	__u16 port; /* that its first packet came in by: it counts for its share */
};

enum connection_state {
	CONNECTION_OPEN = 0, /* any protocol but TCP */
	CONNECTION_SYN_SENT = 1,
	CONNECTION_SYN_RECEIVED = 2,
	CONNECTION_ESTABLISHED = 3,
	CONNECTION_CLOSING = 4, /* one end has sent a FIN */
	CONNECTION_CLOSED = 5, /* both have */
	CONNECTION_RESET = 6,
};

#define CONNECTION_FROM_HIGH 1 /* the high end began it */
#define CONNECTION_REPLIED 2 /* something has come back */
#define CONNECTION_FIN 4 /* the end that began it has sent a FIN */
#define CONNECTION_FIN_REPLY 8
#define CONNECTION_RESET_REPLY 16 /* it was the other end that sent the RST */
#define CONNECTION_NAT 32 /* its packets have other ends on the other side of nat: those of its translation */
#define CONNECTIONS 262144

/* From the ends that a connection began with to those that its packets have on the other side of nat, and back: each is
 * found by the other. */
struct translation {
	struct connection_key other;
	__u8 from_high; /* of the ends that it is found by, the high one began the connection */
	__u8 other_from_high; /* of the other ends */
	__u8 is_original; /* it is found by the ends that the connection began with */
	__u8 reserved;
};

/* What a connection's ends may become. */
struct nat_range {
	__u8 flags; /* NAT_* */
	__u8 version; /* of IP; 0: no range */
	__u16 word; /* which four bytes of the address differ within the range */
	__u16 first_port, last_port; /* host byte order; 0: not said */
	__u32 addresses; /* how many there are, from 1 */
	__u8 address[16]; /* the first; IPv4 in the first 4 bytes */
};
#define NAT_SOURCE 1 /* the end that begins it gets another address; otherwise the other end */
#define NAT_RANGES 4096
#define NAT_TRIES 64 /* ports that are tried for a connection */

struct masked_key {
	__u32 mask; /* index of the mask, 0 to MASKS - 1 */
	__u32 reserved;
	struct flow_key key; /* and-ed with that mask */
};

enum action_type {
	ACTION_END = 0, /* nothing behind this is done */
	ACTION_OUTPUT = 1, /* port; flags: OUTPUT_KNOWN */
	ACTION_PUSH_VLAN = 2, /* arg: TPID << 16 | TCI */
	ACTION_POP_VLAN = 3,
	ACTION_BOND = 4, /* arg: bond; flags: BOND_HASH_*; the bucket's port */
	ACTION_UPCALL = 5, /* arg: reason; the frame itself goes up, and nothing behind this is done */
	ACTION_DROP = 6, /* arg: reason, counted */
	ACTION_LIST = 7, /* arg: list; a flow's only action: it goes on there */
	ACTION_SET = 8, /* flags: set_field; port, arg: the value. Nothing happens to a frame without the field */
	ACTION_TRACK = 9, /* arg: bridge << 16 | zone; a flow's only action: the frame's flow is looked for again, with ct */
	ACTION_COMMIT = 10, /* flags: which answer of ct, from 0, and COMMIT_*; arg: the connection's mark from now on;
			     * port: the range that a new one is translated to, 0: none */
	ACTION_METER = 11, /* port: bridge, arg: meter; of a frame that it has no room for nothing is sent by the
			      next flags actions, which change headers all the same; 0: nothing more is done */
};

/* What ACTION_SET changes. A MAC address is port (its first two bytes) and arg, any other value is arg: numbers, in host
 * byte order. Checksums over the field follow, in the frame and, where the frame's sender left them to others, there. */
enum set_field {
	SET_NOTHING = 0,
	SET_ETH_DST = 1,
	SET_ETH_SRC = 2,
	SET_ARP_SHA = 3,
	SET_ARP_THA = 4,
	SET_ARP_OP = 5,
	SET_ARP_SPA = 6,
	SET_ARP_TPA = 7,
	SET_IP_TOS = 8, /* or traffic class */
	SET_IP_TTL = 9, /* or hop limit */
	SET_IP_SRC = 10, /* port: which four bytes of an IPv6 address, from 0 */
	SET_IP_DST = 11,
	SET_IPV6_LABEL = 12,
	SET_TP_SRC = 13, /* ICMP: type */
	SET_TP_DST = 14, /* ICMP: code */
	SET_ICMP_ID = 15, /* of an echo */
};

#define COMMIT_MARK 2 /* the mark is set; otherwise it stays */
#define COMMIT_NAT 4 /* the packet gets the ends that its connection's have on the other side of nat */
#define COMMIT_NOTHING 8 /* no connection is kept for it */

#define PREPARES_HEADERS 1 /* actions need to know what is behind layer 2: BOND_HASH_L4, ACTION_SET */
#define PREPARES_COMMIT 2 /* the first one or two are ACTION_COMMIT */

#define OUTPUT_KNOWN 1 /* the destination is known to be there: not a copy of a flood */

#define BOND_HASH_L2 0 /* source MAC and VLAN: balance-slb */
#define BOND_HASH_L4 1 /* MACs, VLAN, IP addresses, ports: balance-tcp */

struct action {
	__u8 type;
	__u8 flags;
	__u16 port; /* datapath port number */
	__u32 arg;
};

struct flow {
	__u32 generation; /* of the ingress port's bridge when this was decided; any other: stale, a miss */
	__u32 trail; /* that its packets count for; 0: none */
	__u8 n_actions;
	__u8 prepares; /* PREPARES_*: what is to be done before its actions */
	__u8 reserved[6];
	__u64 packets;
	__u64 bytes; /* of frames with their tags, without tunnel headers; a GSO frame counts its segments' headers once */
	__u64 used_ns; /* CLOCK_MONOTONIC_COARSE of the last packet */
	struct action actions[ACTIONS_INLINE];
};

/* What all packets counted that were decided by the same flow tables' flows, one after the other; which they are Java
 * knows. It outlives the megaflows: their counters go with them, and a packet may count while they go. */
struct trail {
	__u64 packets;
	__u64 bytes; /* as a flow's */
	__u64 used_ns; /* as a flow's */
	__u64 reserved; /* two of them in a cache line, none in two */
};

/* A rate limit, by bridge and number. */
struct meter_key {
	__u32 bridge;
	__u32 number;
};

struct meter {
	__u32 rate; /* a second: thousands of bits, or packets; 0: no limit */
	__u32 flags; /* METER_PACKETS */
	__u64 burst_ns; /* how long its bucket takes to fill */
};
#define METER_PACKETS 1

/* What has become of it; written by packets alone. */
struct meter_state {
	__u64 full_ns; /* CLOCK_MONOTONIC: when its bucket will be full */
	__u64 packets; /* that it let through: frames, whatever segments they have */
	__u64 bytes; /* as a flow's */
	__u64 dropped_packets;
	__u64 dropped_bytes;
};

struct action_list {
	__u32 n_actions;
	__u32 prepares; /* as in a flow */
	struct action actions[ACTIONS_LIST];
};

/* How a device of this network namespace takes part; by ifindex. */
struct ingress {
	__u16 port; /* INGRESS_TUNNEL: the tunnel_type */
	__u16 bridge;
	__u8 role; /* 0: none */
	__u8 reserved[3];
};

enum ingress_role {
	INGRESS_PORT = 1, /* frames from it enter the switch */
	INGRESS_TUNNEL = 2, /* an external vxlan or geneve device: the port follows from remote and key */
	INGRESS_UNDERLAY = 3, /* an IP device: GRE for us is taken out, all else goes on to the host */
	INGRESS_SHARED = 4, /* a port, but what is for the device's own address goes on to the host */
};

/* How a port sends; by port number. */
struct egress {
	__u32 ifindex; /* 0: the port is down or its device is absent */
	__u8 kind;
	__u8 reserved;
	__u16 tunnel; /* index into tunnels */
	__u32 mtu; /* frames with more than this behind the Ethernet header and outer tag are dropped; 0: no limit */
};

enum egress_kind {
	EGRESS_DEVICE = 1, /* redirect to the device */
	EGRESS_PEER = 2, /* veth whose peer is in another namespace: redirect_peer where that is right */
	EGRESS_HOST = 3, /* internal port of this namespace: into the host's stack as if received on the device */
	EGRESS_TUNNEL = 4,
};

struct bridge {
	__u32 generation;
	__u32 flags; /* BRIDGE_MASKED: look into the masked flows too */
};
#define BRIDGE_MASKED 1

enum tunnel_type { TUNNEL_VXLAN = 1, TUNNEL_GENEVE = 2, TUNNEL_GRE = 3 };

#define TUNNEL_IPV6 1
#define TUNNEL_CSUM 2
#define TUNNEL_DF 4
#define TUNNEL_KEY 8 /* GRE: with a key */
#define TUNNEL_TTL_INHERIT 16
#define TUNNEL_TOS_INHERIT 32

struct tunnel {
	__u8 type;
	__u8 flags;
	__u8 tos;
	__u8 ttl;
	__u32 key;
	__u8 local[16]; /* IPv4 in the first 4 bytes */
	__u8 remote[16];
	__u8 next_hop[16]; /* GRE: the neighbour that the host's routing sends it to, perhaps the remote itself */
	__u32 ifindex; /* VXLAN, Geneve: the external device; GRE: the route's device, 0: no route */
	__u16 port; /* datapath port number of this remote */
	__u16 next_hop_family; /* AF_INET or AF_INET6 */
	__u32 mtu; /* most bytes behind the inner Ethernet header, tags among them; 0: no limit */
};

/* Which port a tunnelled frame comes in by. */
struct tunnel_id {
	__u8 type;
	__u8 ipv6;
	__u16 has_key; /* GRE: 1 with a key, even one of 0; others: 0; TUNNEL_ANY_KEY: flows say it */
	__u32 key;
	__u8 remote[16]; /* all zero, and ipv6 0: flows say it */
	__u8 local[16]; /* all zero: any */
};
#define TUNNEL_ANY_KEY 2

/* In front of every frame that goes up; host byte order. */
struct upcall_prefix {
	__u16 in_port;
	__u8 reason;
	__u8 reserved;
	__u16 vlan_tci; /* | VLAN_PRESENT; 0: untagged; the tag is not in the frame */
	__u16 vlan_tpid;
	__u32 ifindex; /* the device that the frame came in by */
	__u32 mark; /* skb->mark */
	__be64 ct[2]; /* as in the key */
};

enum upcall_reason {
	UPCALL_MISS = 1,
	UPCALL_ACTION = 2,
	UPCALL_TUNNEL = 3, /* in_port: the tunnel's; to be encapsulated by Java, as only IP frames can be here */
	UPCALL_TOO_BIG = 4, /* in_port: the tunnel's, whose path has no room for it */
	UPCALL_TUNNEL_END = 5, /* in_port: the tunnel's, of which flows say key or remote; mark: the key; ct: the remote, IPv6 or
				* mapped to it (RFC 4291, 2.5.5.2). The first of an end that has no number yet */
};

/* What a frame that Java sends is to meet: the mark says which slot. */
struct slot {
	__u16 in_port;
	__u16 vlan_tci; /* | VLAN_PRESENT: pushed before the actions */
	__u16 vlan_tpid;
	__u16 bridge; /* the frame counts in the flow that it has there; 0: it is not to be counted */
	__u32 trail; /* that it counts for; 0: none */
	__u32 reserved;
	__be64 ct[2]; /* as in the key */
	struct action_list list;
};
#define MARK_UPCALL 0x504b0000 /* | port: a frame on its way up */
#define MARK_SLOT 0x504c0000 /* | slot */
#define MARK_TUNNEL 0x504d0000 /* | tunnel: encapsulate this clone */

struct settings {
	__u32 upcall_ifindex; /* 0: no upcalls, misses are dropped */
	__u32 inject_ifindex;
	__u32 n_masks;
	__u32 upcall_interval_ns; /* between two upcalls of one port, on average; 0: no limit */
};

struct port_counters {
	__u64 rx_packets, rx_bytes, tx_packets, tx_bytes;
};

/* What a test reads instead of a frame on a wire. */
#define RECORD_BYTES 256
#define RECORD_UPCALL 0x10000
#define RECORD_DROP 0x20000
struct record {
	__u32 port; /* or RECORD_UPCALL | reason, or RECORD_DROP | reason, which has nothing else */
	__u32 length;
	__u16 vlan_tci; /* the tag beside the bytes, with its DEI bit */
	__u16 vlan_tpid; /* 0: no tag there */
	__u32 reserved;
	__be64 ct[2]; /* of an upcall, as in the key */
	__u8 bytes[RECORD_BYTES]; /* the frame's first */
};

enum drop_reason {
	DROP_NONE = 0,
	DROP_MALFORMED = 1, /* shorter than an Ethernet header, or a header that cannot be read */
	DROP_UNKNOWN_DEVICE = 2, /* a hook on a device that is no port any more */
	DROP_NO_UPCALL = 3, /* a miss, and nobody to ask */
	DROP_UPCALL_FAILED = 4, /* the frame could not be handed up */
	DROP_PORT_DOWN = 5,
	DROP_TOO_BIG = 6,
	DROP_BAD_ACTION = 7,
	DROP_BAD_LIST = 8,
	DROP_TUNNEL = 9, /* encapsulation failed */
	DROP_NO_ROUTE = 10,
	DROP_CLONE = 11, /* a copy for one of several outputs could not be made or sent */
	DROP_SLOT = 12, /* an injected frame with an unknown mark */
	DROP_VLAN_OPERATION = 13,
	DROP_TUNNEL_UNKNOWN = 14, /* from a remote or with a key that no tunnel has */
	DROP_UPCALL_LIMIT = 15, /* would have gone up, but its port has had its share of upcalls */
	DROP_CONGESTION = 16, /* congestion in a tunnel, met by a packet that cannot be told so */
	DROP_SET = 17, /* a header could not be changed */
	DROP_CONNECTIONS = 18, /* begins a connection, and there is no room for one more */
	DROP_METER = 19, /* more than a meter lets through */
	DROP_NAT = 24, /* begins a connection that is to be translated, and all that was tried is in use */
	DROP_NAT_ERROR = 25, /* an ICMP error about a translated connection: a redirect, or cut off too early */
	DROP_KERNEL_REASONS = 32, /* Java's own from here: translate.DropReason */
	DROP_REASONS = 64,
};

#endif
