// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.flow.FlowKey;
import java.util.HexFormat;

/** A decision that is kept, with the key that it was made for. */
record CachedFlow(FlowKey key, Decision decision, long generation) {
  static CachedFlow decide(Translator translator, FlowKey key, SwitchState state, long now) {
    FlowKey own = new FlowKey();
    own.set(key);
    Decision decision = new Decision();
    translator.translate(own, state, now, decision);
    return new CachedFlow(own, decision, 0);
  }

  CachedFlow withGeneration(long newGeneration) {
    return new CachedFlow(key, decision, newGeneration);
  }

  /** All that the decision says: two are alike if this is. */
  String text() {
    StringBuilder text =
        new StringBuilder()
            .append(decision.actions())
            .append(decision.slowPathOnly() ? " slow" : "")
            .append(decision.cacheable() ? "" : " not cacheable")
            .append(" mask ")
            .append(HexFormat.of().formatHex(decision.mask().bytes()));
    for (int i = 0; i < decision.learns(); i++) {
      Decision.Learn learn = decision.learn(i);
      text.append(" learn ").append(learn.bridge()).append('/').append(learn.vlan());
      text.append('/').append(Long.toHexString(learn.mac())).append('/').append(learn.port());
      text.append(learn.gratuitous() ? "/gratuitous" : "");
    }
    return text.toString();
  }
}
