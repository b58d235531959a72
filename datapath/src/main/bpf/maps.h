/* SPDX-License-Identifier: Apache-2.0
 *
 * The maps. All are pinned by Java, so that they survive it; sizes that depend on the configuration are set before
 * loading. */
#ifndef PLUMBLINE_MAPS_H
#define PLUMBLINE_MAPS_H

#define NULL ((void *)0)
typedef _Bool bool;
#define true 1
#define false 0

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32); /* ifindex */
	__type(value, struct ingress);
} ingresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32); /* port */
	__type(value, struct egress);
} egresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32); /* bridge */
	__type(value, struct bridge);
} bridges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 200000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct l2_key);
	__type(value, struct flow);
} flows_l2 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 200000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct masked_key);
	__type(value, struct flow);
} flows SEC(".maps");

/* Java reads and clears them in its own memory. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TRAIL_SHARDS *TRAILS);
	__type(key, __u32); /* shard * TRAILS + trail */
	__type(value, struct trail);
} trails SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MASKS);
	__type(key, __u32);
	__type(value, struct flow_key);
} masks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32); /* list */
	__type(value, struct action_list);
} lists SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64 * BUCKETS);
	__type(key, __u32); /* bond * BUCKETS + bucket */
	__type(value, __u32); /* port; 0: none */
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct tunnel);
} tunnels SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tunnel_id);
	__type(value, struct ingress);
} tunnel_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} the_settings_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32); /* port */
	__type(value, __u64); /* CLOCK_MONOTONIC_COARSE: until when its upcalls have used up its share */
} upcall_shares SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct meter_key);
	__type(value, struct meter);
} meters SEC(".maps");

/* Apart, so that what Java writes there takes nothing of what packets write here. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct meter_key);
	__type(value, struct meter_state);
} meter_states SEC(".maps");

/* Not the kind that forgets the oldest when it is full: new connections must not end those that there are. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct connection_key);
	__type(value, struct connection);
} connections SEC(".maps");

/* Two for each connection that is translated. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct connection_key);
	__type(value, struct translation);
} translations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NAT_RANGES);
	__type(key, __u32); /* from 1 */
	__type(value, struct nat_range);
} nat_ranges SEC(".maps");

/* Connections that a port began; 0: all. Java counts anew whenever it looks through them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32); /* port */
	__type(value, __u32);
} connection_shares SEC(".maps");

/* Frames that were to go up, whether they could or not. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} misses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32); /* port */
	__type(value, struct port_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BUCKETS * 64);
	__type(key, __u32); /* as in buckets */
	__type(value, __u64); /* bytes: what rebalancing goes by */
} bucket_bytes SEC(".maps");

/* A test sets it before loading: outputs are written down instead of sent. */
const volatile __u32 recording = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} n_records SEC(".maps");

static __always_inline struct settings *the_settings(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&the_settings_map, &zero);
}

static __always_inline void count_drop(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&drops, &reason);

	if (count)
		(*count)++;
}

/* Writes down the next thing that was done; NULL: the test asked for fewer. */
static __always_inline struct record *next_record(__u32 what)
{
	__u32 zero = 0, index, *count = bpf_map_lookup_elem(&n_records, &zero);
	struct record *r;

	if (!count)
		return NULL;
	index = (*count)++;
	r = bpf_map_lookup_elem(&records, &index);
	if (r)
		r->port = what;
	return r;
}

/* A frame that would go out. */
static __always_inline struct record *record(struct __sk_buff *skb, __u32 what)
{
	struct record *r = next_record(what);
	__u32 length = skb->len;

	if (!r)
		return NULL;
	r->length = length;
	r->vlan_tci = skb->vlan_present ? skb->vlan_tci : 0;
	r->vlan_tpid = skb->vlan_present ? bpf_ntohs(skb->vlan_proto) : 0;
	if (length >= RECORD_BYTES)
		bpf_skb_load_bytes(skb, 0, r->bytes, RECORD_BYTES);
	else if (length > 0)
		bpf_skb_load_bytes(skb, 0, r->bytes, ((length - 1) & (RECORD_BYTES - 1)) + 1);
	return r;
}

static __always_inline int drop(__u32 reason)
{
	if (recording)
		next_record(RECORD_DROP | reason);
	count_drop(reason);
	return TC_ACT_SHOT;
}

static __always_inline void count_miss(void)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&misses, &zero);

	if (count)
		(*count)++;
}

static __always_inline void count_rx(__u32 port, __u32 bytes)
{
	struct port_counters *c = bpf_map_lookup_elem(&counters, &port);

	if (c) {
		c->rx_packets++;
		c->rx_bytes += bytes;
	}
}

static __always_inline void count_tx(__u32 port, __u32 bytes)
{
	struct port_counters *c = bpf_map_lookup_elem(&counters, &port);

	if (c) {
		c->tx_packets++;
		c->tx_bytes += bytes;
	}
}

#endif
