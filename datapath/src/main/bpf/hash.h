/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash of a flow, for bonds and for the UDP source port of tunnels. dev.plumbline.datapath.flow.FlowHash is the
 * same in Java: both have to choose the same member for a packet.
 *
 * It is MurmurHash3_x86_32 (Austin Appleby, public domain) with seed 0, over these bytes, each number in network order:
 *
 *   layer 2 (balance-slb), 8 bytes:   eth_src (6)  vid (2)
 *   layer 4 (balance-tcp), 52 bytes:  eth_dst (6)  eth_src (6)  ip_src (16)  ip_dst (16)  tp_src (2)  tp_dst (2)
 *                                     vid (2)  0 (2)
 *
 * vid: the VLAN, without priority, of the outermost tag that the frame has when the bond sends it; 0: none. A fragment's
 * ports count as 0, for only the first has them and all have to take one way. The two directions hash differently.
 * The bucket of a bond is hash % 256 (BUCKETS), a tunnel's UDP source port 49152 + hash / 2^18.
 */
#ifndef PLUMBLINE_HASH_H
#define PLUMBLINE_HASH_H

#include "flow.h"

/* Takes in one word, which is four bytes as a little-endian machine loads them. */
static __always_inline __u32 hash_word(__u32 hash, __u32 word)
{
	word *= 0xcc9e2d51;
	word = word << 15 | word >> 17;
	word *= 0x1b873593;
	hash ^= word;
	hash = hash << 13 | hash >> 19;
	return hash * 5 + 0xe6546b64;
}

static __always_inline __u32 hash_finish(__u32 hash, __u32 bytes)
{
	hash ^= bytes;
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	hash ^= hash >> 13;
	hash *= 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/* Two bytes of the key; the words below are put together from halves that are aligned to 2. */
#define HASH_HALVES(low, high) ((__u32)(low) | (__u32)(high) << 16)

/* vid in network byte order, as it is in a tag's TCI & htons(0x0fff). */
static __always_inline __u32 flow_hash_l2(const struct flow_key *key, __be16 vid)
{
	const __u16 *src = (const __u16 *)key->l2.eth_src;
	__u32 hash = hash_word(0, HASH_HALVES(src[0], src[1]));

	return hash_finish(hash_word(hash, HASH_HALVES(src[2], vid)), 8);
}

/* The layer 4 hash so far: without the VLAN, which may change from one output to the next. */
static __always_inline __u32 flow_hash_l4_begin(const struct flow_key *key)
{
	const __u32 *macs = (const __u32 *)key->l2.eth_dst; /* eth_dst, eth_src: aligned to 4 in the key */
	const __u32 *addresses = (const __u32 *)key->ip_src; /* ip_src, ip_dst */
	__u32 hash = 0;
	int i;

	for (i = 0; i < 3; i++)
		hash = hash_word(hash, macs[i]);
	for (i = 0; i < 8; i++)
		hash = hash_word(hash, addresses[i]);
	return hash_word(hash, key->ip_frag ? 0 : HASH_HALVES(key->tp_src, key->tp_dst));
}

static __always_inline __u32 flow_hash_l4_end(__u32 hash, __be16 vid)
{
	return hash_finish(hash_word(hash, vid), 52);
}

#endif
