// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lifetime that runs down is noticed to be another one in the file, and only then. */
@KernelTest
class LifetimesTest {
  private static final String IPV4 = "10.0.0.1/24";
  private static final String IPV6 = "fd00::1/64";
  private static final Pattern VALID = Pattern.compile("valid_lft (\\S+?)(sec)? pref");
  private static final Pattern PREFERRED = Pattern.compile("preferred_lft (\\S+?)(sec)?\\s");

  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static String on(String device, String address, String lifetimes) {
    return "bridges: {br: {datapath: kernel, device: "
        + device
        + ", addresses: [10.9.0.1/24, {address: \""
        + address
        + "\""
        + lifetimes
        + "}]}}\n";
  }

  private static String file(String address, String lifetimes) {
    return on("br", address, lifetimes);
  }

  private static String lifetimes(String valid, String preferred) {
    return ", validLifetime: " + valid + ", preferredLifetime: " + preferred;
  }

  private static long left(Pattern which, String device, String address) {
    String text = Sh.run("ip addr show dev " + device + " to " + address.replaceAll("/.*", ""));
    Matcher matcher = which.matcher(text);
    assertTrue(matcher.find(), text);
    return matcher.group(1).equals("forever") ? Long.MAX_VALUE : Long.parseLong(matcher.group(1));
  }

  private static void near(long seconds, long left) {
    assertTrue(left <= seconds && left > seconds - 60, left + " s left, not nearly " + seconds);
  }

  private List<String> applied(String yaml) throws IOException {
    Plan plan = host.applied(yaml);
    return plan.changes().stream()
        .map(change -> change.action().label() + " " + change.id().key())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void anotherOneInTheFileIsSetInPlace(String address) throws IOException {
    applied(file(address, lifetimes("3600s", "1800s")));
    assertEquals(List.of("modify " + address), applied(file(address, lifetimes("2h", "1800s"))));
    near(7200, left(VALID, "br", address));
    near(1800, left(PREFERRED, "br", address));
    assertEquals(List.of("modify " + address), applied(file(address, lifetimes("2h", "900s"))));
    near(900, left(PREFERRED, "br", address));
    assertEquals(List.of(), applied(file(address, lifetimes("120m", "15m"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void foreverAndFiniteAreToldApart(String address) throws IOException {
    applied(file(address, ""));
    assertEquals(List.of("modify " + address), applied(file(address, lifetimes("1h", "1h"))));
    near(3600, left(VALID, "br", address));
    assertEquals(List.of("modify " + address), applied(file(address, "")));
    assertEquals(Long.MAX_VALUE, left(VALID, "br", address));
    assertEquals(Long.MAX_VALUE, left(PREFERRED, "br", address));
    assertEquals(List.of("modify " + address), applied(file(address, ", preferredLifetime: 1h")));
    assertEquals(Long.MAX_VALUE, left(VALID, "br", address));
    if (address.contains(":")) {
      near(3600, left(PREFERRED, "br", address));
    } // IPv4 keeps it and does not tell it.
    assertEquals(List.of("modify " + address), applied(file(address, ", preferredLifetime: 0s")));
    assertTrue(Sh.run("ip addr show br").contains("deprecated"));
    assertEquals(List.of("modify " + address), applied(file(address, "")));
    assertFalse(Sh.run("ip addr show br").contains("deprecated"));
    assertEquals(List.of("modify " + address), applied(file(address, ", preferredLifetime: 1h")));
    assertEquals(List.of("modify " + address), applied(file(address, ", preferredLifetime: 2h")));
    assertEquals(List.of("modify " + address), applied(file(address, "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void oneThatHasRunDownIsAsWanted(String address) throws Exception {
    String file = file(address, lifetimes("1h", "1s"));
    applied(file);
    for (int i = 0; i < 300 && left(PREFERRED, "br", address) > 0; i++) {
      Thread.sleep(100);
    }
    assertEquals(0, left(PREFERRED, "br", address));
    assertEquals(List.of(), applied(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void withNothingRememberedOnlyALongerOneIsSetBack(String address) throws IOException {
    applied(file(address, lifetimes("1h", "1h")));
    host.close();
    host = new TestHost();
    assertEquals(List.of(), applied(file(address, lifetimes("2h", "2h"))));
    // From here on it is remembered.
    assertEquals(List.of("modify " + address), applied(file(address, lifetimes("3h", "2h"))));
    host.close();
    host = new TestHost();
    assertEquals(List.of("modify " + address), applied(file(address, lifetimes("1h", "1h"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void aHandThatLengthensItIsNoticedAndOneThatRenewsItIsNot(String address) throws IOException {
    String file = file(address, lifetimes("1h", "1h"));
    applied(file);
    Sh.run("ip addr change " + address + " dev br valid_lft 9000 preferred_lft 3600");
    assertEquals(List.of("modify " + address), applied(file));
    near(3600, left(VALID, "br", address));
    Sh.run("ip addr change " + address + " dev br valid_lft 3500 preferred_lft 3500");
    assertEquals(List.of(), applied(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void itIsRememberedByTheNewNameOfTheDevice(String address) throws IOException {
    applied(on("one", address, lifetimes("1h", "1h")));
    List<String> changes = applied(on("two", address, lifetimes("2h", "1h")));
    // Before Linux 6.2 a device goes down for a new name, and loses its IPv6 addresses.
    assertTrue(
        changes.contains("modify " + address) || changes.contains("create " + address),
        changes.toString());
    near(7200, left(VALID, "two", address));
    assertEquals(List.of("modify " + address), applied(on("two", address, lifetimes("3h", "1h"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void undoingGivesBackWhatWasLeft(String address) throws IOException {
    applied(file(address, lifetimes("2h", "1h")));
    String refused = "routes: [{to: 10.7.0.0/16, via: 10.9.0.2, source: 10.77.0.1}]\n";
    for (String wanted : List.of(lifetimes("600s", "300s"), lifetimes("9h", "8h"), "")) {
      Outcome outcome = host.apply(file(address, wanted) + refused);
      assertEquals(Outcome.Result.UNDONE, outcome.result(), outcome.left().toString());
      near(7200, left(VALID, "br", address));
      near(3600, left(PREFERRED, "br", address));
    }
    assertEquals(List.of(), applied(file(address, lifetimes("2h", "1h"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV6})
  void somebodyElsesThatIsPutBackRunsOn(String address) throws IOException {
    String file = "interfaces: {fw: {up: %s}}\n";
    Sh.run("ip link add fv type veth peer name fw; ip link set fv up; ip link set fw up");
    Sh.run("ip addr add " + address + " dev fw nodad valid_lft 5000 preferred_lft 4000");
    Sh.run("ip addr add 10.2.0.1/24 dev fw valid_lft 5000 preferred_lft 4000");
    host.applied("veths: {v: {peer: {device: w}}}\n" + file.formatted("true"));
    near(5000, left(VALID, "fw", address));
    near(5000, left(VALID, "fw", "10.2.0.1/24"));
  }
}
