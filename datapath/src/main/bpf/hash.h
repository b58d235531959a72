/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUMBLINE_HASH_H
#define PLUMBLINE_HASH_H
static __always_inline __u32 flow_hash_l2(const struct flow_key *key) { return key->l2.eth_src[5] ^ key->l2.vlan_tci; }
static __always_inline __u32 flow_hash_l4(const struct flow_key *key) { return key->l2.eth_src[5] ^ key->tp_src; }
#endif
