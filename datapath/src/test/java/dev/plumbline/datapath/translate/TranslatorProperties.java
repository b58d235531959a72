// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.FlowKey;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever switch, traffic and changes: a seed replays a failure, and fewer steps of it are its
 * beginning.
 */
class TranslatorProperties {
  @Property(tries = 400)
  void outputs_are_the_references_and_what_is_cached_is_what_is_fresh(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
    SwitchHarness harness = new SwitchHarness(seed, 1000);
    for (int i = 0; i < steps; i++) {
      harness.step();
    }
  }

  @Property(tries = 100)
  void what_is_cached_is_what_is_fresh_when_addresses_are_driven_out(@ForAll long seed) {
    SwitchHarness harness = new SwitchHarness(seed, 4);
    for (int i = 0; i < 300; i++) {
      harness.step();
    }
  }

  @Property(tries = 200)
  void packets_that_agree_in_the_mask_are_treated_alike(@ForAll long seed) {
    SwitchHarness harness = new SwitchHarness(seed, 1000);
    for (int i = 0; i < 100; i++) {
      harness.step();
    }
    Translator translator = new Translator();
    FlowKey other = new FlowKey();
    for (int i = 0; i < 100; i++) {
      CachedFlow flow =
          CachedFlow.decide(translator, harness.anyKey(), harness.state(), harness.now());
      harness.random().nextBytes(other.bytes());
      byte[] mask = flow.decision().mask().bytes();
      for (int at = 0; at < FlowKey.BYTES; at++) {
        other.bytes()[at] =
            (byte) ((flow.key().bytes()[at] & mask[at]) | (other.bytes()[at] & ~mask[at]));
      }
      assertTrue(flow.decision().mask().matches(flow.key(), other));
      assertEquals(
          flow.text(), CachedFlow.decide(translator, other, harness.state(), harness.now()).text());
    }
  }

  @Property(tries = 200)
  void lists_are_well_formed(@ForAll long seed) {
    SwitchHarness harness = new SwitchHarness(seed, 1000);
    Translator translator = new Translator();
    for (int i = 0; i < 100; i++) {
      harness.step();
      CachedFlow flow =
          CachedFlow.decide(translator, harness.anyKey(), harness.state(), harness.now());
      ActionList actions = flow.decision().actions();
      ActionType last = actions.type(actions.size() - 1);
      assertEquals(
          flow.decision().dropReason() == null,
          last == ActionType.OUTPUT || last == ActionType.BOND);
      assertTrue(flow.decision().dropReason() == null || actions.size() == 1);
    }
  }

  /**
   * The properties above say little of caches that are never hit and switches that send nothing.
   */
  @Property(tries = 1)
  void most_is_sent_and_the_cache_is_hit() {
    int hits = 0;
    int sent = 0;
    for (long seed = 0; seed < 20; seed++) {
      SwitchHarness harness = new SwitchHarness(seed, 1000);
      for (int i = 0; i < 200; i++) {
        harness.step();
      }
      hits += harness.hits();
      sent += harness.sent();
    }
    assertTrue(hits > 500, hits + " hits");
    assertTrue(sent > 1000, sent + " sent");
  }
}
