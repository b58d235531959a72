// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowHash;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowGroup.Bucket;

/**
 * Which bucket of a group a packet takes: by its addresses, ports and VLAN as it came in, so that
 * all of a connection take the same, and a fragment that of its datagram's others. Each bucket
 * draws a number by the packet's hash, weighted, and the highest has it (rendezvous hashing,
 * Schindelhauer and Schomaker, 2005): a bucket behind the others that comes or goes takes from all
 * or gives to all, and no other packet changes places.
 */
final class GroupHash {
  private GroupHash() {}

  /**
   * Chooses.
   *
   * @param mask takes the bits that the choice depends on
   * @return the bucket's place, from 0; -1: no bucket has a weight
   */
  static int choose(FlowGroup group, FlowKey key, FlowMask mask) {
    mask.use(FlowField.IP_FRAG);
    mask.use(FlowField.IP_SRC);
    mask.use(FlowField.IP_DST);
    if (key.get(FlowField.IP_FRAG) == 0) {
      mask.use(FlowField.TP_SRC);
      mask.use(FlowField.TP_DST);
    }
    int hash = FlowHash.layer4(key, key.vlanTci()) ^ (int) (group.id() * 0x9e3779b9L);
    int best = -1;
    double most = 0;
    for (int i = 0; i < group.buckets().size(); i++) {
      Bucket bucket = group.buckets().get(i);
      double share = ((mix(hash + i * 0x7f4a7c15) & 0xffff_ffffL) + 0.5) / (1L << 32);
      double drawn = bucket.weight() / -StrictMath.log(share);
      if (drawn > most) {
        most = drawn;
        best = i;
      }
    }
    return best;
  }

  /** MurmurHash3's end: any one bit turns over half of the others. */
  private static int mix(int value) {
    int mixed = (value ^ (value >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }
}
