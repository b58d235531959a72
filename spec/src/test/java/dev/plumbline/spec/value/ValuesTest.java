// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  /** RFC 5952 section 4. */
  @ParameterizedTest
  @CsvSource({
    "2001:0db8::0001, 2001:db8::1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8::ABCD, 2001:db8::abcd",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "0:0:0:0:0:0:0:0, ::"
  })
  void an_IPv6_address_prints_as_RFC_5952_says(String text, String canonical) {
    assertEquals(canonical, IpAddress.parse(text).toString());
  }

  @Test
  void an_address_becomes_the_JDKs_without_a_resolver() {
    assertTrue(IpAddress.parse("2001:db8::1").toInetAddress() instanceof Inet6Address);
    assertEquals(
        IpAddress.parse("10.0.0.1"), IpAddress.of(IpAddress.parse("10.0.0.1").toInetAddress()));
    assertThrows(ValueException.class, () -> IpAddress.parse("localhost"));
    assertThrows(ValueException.class, () -> IpAddress.parse("::ffff:10.0.0.1"));
  }

  @Test
  void a_prefix_keeps_its_host_bits_and_knows_its_network() {
    Prefix prefix = Prefix.parse("10.1.2.3/20");
    assertEquals("10.1.2.3/20", prefix.toString());
    assertEquals("10.1.0.0/20", prefix.network().toString());
    assertFalse(prefix.isNetwork());
    assertTrue(prefix.contains(IpAddress.parse("10.1.15.255")));
    assertFalse(prefix.contains(IpAddress.parse("10.1.16.0")));
    assertFalse(prefix.contains(IpAddress.parse("::1")));
    assertEquals(128, Prefix.parse("2001:db8::1").length());
    assertTrue(Prefix.any(IpFamily.IPV6).contains(IpAddress.parse("fe80::1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/08", "::/129", "/8"})
  void a_wrong_prefix_length_is_refused(String text) {
    assertThrows(ValueException.class, () -> Prefix.parse(text));
  }

  @Test
  void a_MAC_address_reads_colons_and_hyphens_and_prints_colons() {
    MacAddress mac = MacAddress.parse("02-AB-00-00-00-01");
    assertEquals("02:ab:00:00:00:01", mac.toString());
    assertEquals(mac, MacAddress.of(mac.bytes()));
    assertTrue(MacAddress.parse("ff:ff:ff:ff:ff:ff").isMulticast());
    assertThrows(ValueException.class, () -> MacAddress.parse("02:00:00:00:00"));
    assertThrows(ValueException.class, () -> MacAddress.parse("02:00-00:00:00:01"));
  }

  @Test
  void VLANs_are_1_to_4094_and_print_as_the_fewest_ranges() {
    assertThrows(ValueException.class, () -> new VlanId(0));
    assertThrows(ValueException.class, () -> new VlanId(4095));
    assertThrows(ValueException.class, () -> VlanSet.Range.parse("9-3"));
    VlanSet set =
        VlanSet.ofRanges(List.of(VlanSet.Range.parse("1-4094"), VlanSet.Range.parse("7")));
    assertEquals("[1-4094]", set.toString());
    assertEquals("[1-3, 9]", VlanSet.of(9, 2, 1, 3).toString());
    assertEquals(VlanSet.of(1, 2), VlanSet.of(2, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a:b",
        "eth%d",
        "0123456789abcdef",
        "äöüäöüäö",
        "brà",
        "all",
        "default"
      })
  void a_name_that_the_kernel_refuses_names_no_device(String name) {
    assertThrows(ValueException.class, () -> DeviceName.check(name));
  }

  @Test
  void durations_have_units() {
    assertEquals(Duration.ofMinutes(5), Durations.parse("5m"));
    assertEquals("300s", Durations.print(Duration.ofMinutes(5)));
    assertEquals("100ms", Durations.print(Durations.parse("100ms")));
    assertThrows(ValueException.class, () -> Durations.parse("300"));
    assertThrows(ValueException.class, () -> Durations.parse("1.5s"));
    assertThrows(ValueException.class, () -> Durations.parse("99999999999s"));
  }
}
