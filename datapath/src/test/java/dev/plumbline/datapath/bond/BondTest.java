// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bond;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortVlan;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BondTest {
  private static final int[] PORTS = {5, 6};

  private static BondPort config(BondMode mode, String primary, int upDelay, int downDelay) {
    return new BondPort(
        List.of("m5", "m6"), mode, primary, upDelay, downDelay, 10, PortVlan.TRUNK_ALL);
  }

  private static Bond bond(BondMode mode, String primary, int upDelay, int downDelay) {
    return new Bond(config(mode, primary, upDelay, downDelay), PORTS, port -> true, 0);
  }

  private static int count(Bond bond, int port) {
    return (int) IntStream.range(0, Bond.BUCKETS).filter(i -> bond.bucketPort(i) == port).count();
  }

  @Test
  void active_backup_fails_over_and_stays_there() {
    Bond bond = bond(BondMode.ACTIVE_BACKUP, null, 0, 0);
    assertEquals(5, bond.activePort());
    assertEquals(256, count(bond, 5));
    assertTrue(bond.takeAnnouncement());
    assertTrue(bond.carrier(5, false, 1));
    assertEquals(6, bond.activePort());
    assertEquals(256, count(bond, 6));
    assertTrue(bond.takeAnnouncement());
    assertFalse(bond.takeAnnouncement());
    bond.carrier(5, true, 2);
    assertEquals(6, bond.activePort());
    bond.carrier(6, false, 3);
    bond.carrier(5, false, 3);
    assertEquals(0, bond.activePort());
    assertEquals(256, count(bond, 0));
    assertFalse(bond.takeAnnouncement());
  }

  @Test
  void the_primary_is_active_whenever_it_can_be() {
    Bond bond = bond(BondMode.ACTIVE_BACKUP, "m6", 0, 0);
    assertEquals(6, bond.activePort());
    bond.carrier(6, false, 1);
    assertEquals(5, bond.activePort());
    bond.carrier(6, true, 2);
    assertEquals(6, bond.activePort());
  }

  @Test
  void a_carrier_counts_when_it_has_lasted() {
    Bond bond = bond(BondMode.ACTIVE_BACKUP, null, 100, 50);
    assertFalse(bond.carrier(5, false, 1000));
    assertEquals(1050, bond.nextMillis());
    assertFalse(bond.carrier(5, true, 1049));
    assertFalse(bond.run(2000));
    assertEquals(5, bond.activePort());
    bond.carrier(5, false, 3000);
    assertTrue(bond.run(3050));
    assertEquals(6, bond.activePort());
    bond.carrier(5, true, 4000);
    assertFalse(bond.isEnabled(5));
    bond.run(4100);
    assertTrue(bond.isEnabled(5));
    assertEquals(Long.MAX_VALUE, bond.nextMillis());
  }

  @Test
  void the_up_delay_is_cut_short_when_nothing_else_is_enabled() {
    Bond bond = bond(BondMode.ACTIVE_BACKUP, null, 10_000, 0);
    bond.carrier(5, false, 0);
    bond.carrier(6, false, 0);
    assertTrue(bond.carrier(6, true, 1));
    assertEquals(6, bond.activePort());
  }

  @Test
  void slb_spreads_buckets_and_moves_only_those_of_a_member_that_fails() {
    Bond bond = bond(BondMode.BALANCE_SLB, null, 0, 0);
    assertEquals(128, count(bond, 5));
    assertEquals(128, count(bond, 6));
    int[] before = IntStream.range(0, 256).map(bond::bucketPort).toArray();
    bond.carrier(6, false, 1);
    assertEquals(256, count(bond, 5));
    bond.carrier(6, true, 2);
    assertEquals(256, count(bond, 5));
    assertEquals(128, IntStream.of(before).filter(port -> port == 5).count());
  }

  @Test
  void slb_moves_load_to_the_member_with_less() {
    Bond bond = bond(BondMode.BALANCE_SLB, null, 0, 0);
    bond.carrier(6, false, 1);
    bond.carrier(6, true, 2);
    for (int i = 0; i < 4; i++) {
      bond.account(i, 1_000_000);
    }
    assertFalse(bond.rebalance(9_999));
    assertTrue(bond.rebalance(10_000));
    assertEquals(2, IntStream.range(0, 4).filter(bucket -> bond.bucketPort(bucket) == 6).count());
    assertFalse(bond.rebalance(20_000));
  }

  @Test
  void a_single_heavy_bucket_stays() {
    Bond bond = bond(BondMode.BALANCE_SLB, null, 0, 0);
    bond.account(0, 100_000_000);
    assertFalse(bond.rebalance(10_000));
  }

  @Test
  void balance_tcp_without_lacp_is_as_active_backup() {
    Bond bond = bond(BondMode.BALANCE_TCP, null, 0, 0);
    assertTrue(bond.fallsBack());
    assertEquals(256, count(bond, 5));
    assertEquals(Long.MAX_VALUE, bond.nextMillis());
  }

  @Test
  void a_restart_changes_nothing() {
    Bond old = bond(BondMode.BALANCE_SLB, null, 100, 0);
    old.carrier(5, false, 1);
    old.carrier(5, true, 2);
    old.run(200);
    for (int i = 0; i < 100; i++) {
      old.account(i, 1_000_000);
    }
    assertTrue(old.rebalance(10_000));
    int[] buckets = IntStream.range(0, 256).map(old::bucketPort).toArray();
    Bond taken =
        new Bond(
            config(BondMode.BALANCE_SLB, null, 100, 0), PORTS, port -> true, 6, buckets, 20_000);
    assertEquals(6, taken.activePort());
    assertEquals(old.activePort(), taken.activePort());
    for (int i = 0; i < 256; i++) {
      assertEquals(buckets[i], taken.bucketPort(i));
    }
    assertFalse(taken.takeAnnouncement());
  }

  @Test
  void a_member_that_is_taken_out_gives_up_its_buckets() {
    Bond bond = bond(BondMode.BALANCE_SLB, null, 0, 0);
    BondPort smaller =
        new BondPort(List.of("m6"), BondMode.BALANCE_SLB, null, 0, 0, 10, PortVlan.TRUNK_ALL);
    assertTrue(bond.configure(smaller, new int[] {6}, port -> true, 1));
    assertEquals(6, bond.activePort());
    assertEquals(256, count(bond, 6));
  }

  @Property(tries = 300)
  void whatever_happens_buckets_belong_to_enabled_members_if_there_are_any(
      @ForAll long seed, @ForAll BondMode mode) {
    Random random = new Random(seed);
    Bond bond = bond(mode, random.nextBoolean() ? "m5" : null, 300, 200);
    boolean[] carrier = {true, true};
    long now = 0;
    for (int step = 0; step < 200; step++) {
      now += random.nextInt(400);
      int which = random.nextInt(2);
      carrier[which] = random.nextBoolean();
      bond.carrier(PORTS[which], carrier[which], now);
      bond.account(random.nextInt(256), random.nextInt(10_000_000));
      bond.rebalance(now);
      boolean any = bond.isEnabled(5) || bond.isEnabled(6);
      assertEquals(any, bond.activePort() != 0);
      assertTrue(!any || bond.isEnabled(bond.activePort()));
      assertTrue(any || (!carrier[0] && !carrier[1]));
      for (int i = 0; i < Bond.BUCKETS; i++) {
        int port = bond.bucketPort(i);
        assertEquals(any, port != 0 && bond.isEnabled(port));
        assertTrue(mode == BondMode.BALANCE_SLB || port == bond.activePort());
      }
    }
  }
}
