/* SPDX-License-Identifier: Apache-2.0
 *
 * Rate limits. dev.plumbline.datapath.fastpath.Meter does the same in Java.
 *
 * A meter is a bucket that fills up with time, and that packets take from. It is kept as the moment at which it will be
 * full again (the virtual scheduling algorithm of ITU-T I.371, A.1): a packet moves that on by what it costs, unless it
 * would come to lie further away than a whole bucket takes to fill. So there is one number to change, and an addition does
 * it: no packet waits for another CPU's. A lock (bpf_spin_lock) would be held by a CPU that a hypervisor takes away.
 * Packets of several CPUs that come at once to a bucket with room for one may all be refused; none is let through too many. */
#ifndef PLUMBLINE_METER_H
#define PLUMBLINE_METER_H

/* With the tag beside it. */
static __always_inline __u32 frame_bytes(struct __sk_buff *skb)
{
	return skb->len + (skb->vlan_present ? 4 : 0);
}

/* Whether a meter has room for the frame, which then takes it. What is larger than the whole bucket is let through when that
 * is full, and what comes after it waits the longer. A meter that there is not limits nothing. */
static __noinline bool meter_lets(struct __sk_buff *skb, __u32 bridge, __u32 number)
{
	struct meter_key key = {.bridge = bridge, .number = number};
	struct meter *meter = bpf_map_lookup_elem(&meters, &key);
	struct meter_state *state = bpf_map_lookup_elem(&meter_states, &key);
	__u64 now, cost, latest, full, bytes = frame_bytes(skb);

	if (!meter || !state || !meter->rate)
		return true;
	now = bpf_ktime_get_ns();
	if (meter->flags & METER_PACKETS)
		cost = (skb->gso_segs ? skb->gso_segs : 1) * 1000000000ULL / meter->rate;
	else
		cost = bytes * 8000000ULL / meter->rate;
	latest = now + (cost < meter->burst_ns ? meter->burst_ns - cost : 0);
	full = state->full_ns;
	if (full < now) {
		__sync_val_compare_and_swap(&state->full_ns, full, now);
		full = now;
	}
	if (full <= latest) {
		if (__sync_fetch_and_add(&state->full_ns, cost) <= latest) {
			__sync_fetch_and_add(&state->packets, 1);
			__sync_fetch_and_add(&state->bytes, bytes);
			return true;
		}
		__sync_fetch_and_add(&state->full_ns, -cost);
	}
	__sync_fetch_and_add(&state->dropped_packets, 1);
	__sync_fetch_and_add(&state->dropped_bytes, bytes);
	return false;
}

#endif
