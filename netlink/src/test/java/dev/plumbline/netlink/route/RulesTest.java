// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules against the kernel and iproute2. */
@KernelTest
final class RulesTest extends RouteTest {
  private Rule at(int family, long priority) throws IOException {
    List<Rule> all =
        socket.rules(family).stream().filter(rule -> rule.priority() == priority).toList();
    assertEquals(1, all.size(), socket.rules(family).toString());
    return all.get(0);
  }

  @Test
  void aRuleKeepsAllThatItWasMadeWith() throws IOException {
    for (String network : List.of("10.1.0.0", "fd01::")) {
      int family = Family.of(ip(network));
      int length = family == Family.INET ? 16 : 64;
      RuleBuilder wanted =
          Rule.of(family)
              .from(ip(network), length)
              .to(ip(network), length)
              .inputDevice("eth9")
              .outputDevice("eth8")
              .fwmark(5, 0xff)
              .lookup(1000)
              .priority(1000)
              .protocol(112)
              .invert()
              .set(Rule.UID_RANGE, new Rule.UidRange(7, 9))
              .set(Rule.IP_PROTO, 6)
              .set(Rule.SPORT_RANGE, new PortRange(10, 20))
              .set(Rule.DPORT_RANGE, new PortRange(30, 30))
              .set(Rule.SUPPRESS_PREFIXLEN, 1)
              .set(Rule.SUPPRESS_IFGROUP, 4);
      Rule rule = wanted.build();
      socket.execute(Rule.add(rule));
      Rule read = at(family, 1000);
      rule.attributes()
          .forEach(
              entry ->
                  assertEquals(
                      entry.value(), read.get(entry.attribute()), entry.attribute().name()));
      assertEquals(length, read.sourcePrefixLength());
      assertEquals(length, read.destinationPrefixLength());
      assertTrue(read.isInverted());
      assertEquals(1000, read.table());
      assertEquals(Rule.TO_TABLE, read.action());
      assertEquals(Rule.IIF_DETACHED | Rule.OIF_DETACHED | Rule.INVERT, read.flags());
      Map<String, Object> judged =
          Judge.all("ip -d -j " + (family == Family.INET6 ? "-6 " : "") + "rule show priority 1000")
              .get(0);
      assertEquals(network, judged.get("src"));
      assertEquals("1000", judged.get("table"));
      assertEquals("eth9", judged.get("iif"));
      assertEquals("112", judged.get("protocol"));
      assertEquals("0x5", judged.get("fwmark"));
      assertEquals("10", judged.get("sport_start"));
      assertEquals("30", judged.get("dport"));
      refused("EEXIST", Rule.add(rule));
      socket.execute(Rule.delete(read));
      refused("ENOENT", Rule.delete(read));
    }
  }

  @Test
  void rulesHaveActionsAndJumps() throws IOException {
    for (int action : List.of(Rule.BLACKHOLE, Rule.UNREACHABLE, Rule.PROHIBIT, Rule.NOP)) {
      socket.execute(Rule.add(Rule.of(Family.INET).action(action).priority(500)));
      assertEquals(action, at(Family.INET, 500).action());
      socket.execute(Rule.delete(at(Family.INET, 500)));
    }
    socket.execute(Rule.add(Rule.of(Family.INET).jumpTo(600).priority(500)));
    assertEquals(600L, at(Family.INET, 500).get(Rule.GOTO_PRIORITY));
    assertEquals(Rule.GOTO, at(Family.INET, 500).action());
  }

  @Test
  void twoRulesThatDifferInTheProtocolAloneAreTwo() throws IOException {
    RuleBuilder rule = Rule.of(Family.INET).lookup(100).priority(700);
    executeAll(List.of(Rule.add(rule.protocol(112)), Rule.add(rule.protocol(113))));
    assertEquals(2, socket.rules(Family.INET).stream().filter(r -> r.priority() == 700).count());
    socket.execute(Rule.delete(rule.protocol(113)));
    assertEquals(112, at(Family.INET, 700).protocol());
  }

  @Test
  void theKernelsOwnRulesAreReadInTheirOrder() throws IOException {
    assertEquals(
        List.of(0L, 32766L, 32767L),
        socket.rules(Family.INET).stream().map(Rule::priority).toList());
    assertEquals(
        List.of(255L, 254L, 253L), socket.rules(Family.INET).stream().map(Rule::table).toList());
  }
}
