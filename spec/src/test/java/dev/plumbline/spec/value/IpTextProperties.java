// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import static org.junit.jupiter.api.Assertions.assertEquals;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Our text forms against an address library's. */
class IpTextProperties {
  private static final IPAddressStringParameters STRICT =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allowPrefix(false)
          .allowWildcardedSeparator(false)
          .getIPv4AddressParametersBuilder()
          .allow_inet_aton(false)
          .allowLeadingZeros(false)
          .allowUnlimitedLeadingZeros(false)
          .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
          .allowBinary(false)
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowZone(false)
          .allowUnlimitedLeadingZeros(false)
          .allowBase85(false)
          .allowBinary(false)
          .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
          .getParentBuilder()
          .toParams();

  @Provide
  Arbitrary<String> nearlyAddresses() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("0123456789abcdefF:.").ofMaxLength(40),
        Arbitraries.of("0", "1", "ffff", "ABCD", "00", "", "12345", "1.2.3.4", "0db8")
            .list()
            .ofMinSize(2)
            .ofMaxSize(9)
            .map(parts -> String.join(":", parts)),
        Arbitraries.of("0", "1", "255", "256", "01", "", "999")
            .list()
            .ofMinSize(3)
            .ofMaxSize(5)
            .map(parts -> String.join(".", parts)));
  }

  @Property(tries = 20_000)
  void the_same_texts_are_addresses_and_mean_the_same(@ForAll("nearlyAddresses") String text) {
    byte @Nullable [] ours = text.contains(":") ? IpText.parse6(text) : IpText.parse4(text);
    byte @Nullable [] theirs = theirs(text);
    String tail = text.substring(text.lastIndexOf(':') + 1);
    if (text.contains(":") && tail.contains(".") && theirs(tail) == null) {
      // RFC 4291, 2.2: the end is a whole IPv4 address. The library takes fewer parts there, as
      // inet_aton(3) does, even where it may not elsewhere.
      theirs = null;
    }
    assertEquals(Arrays.toString(theirs), Arrays.toString(ours), text);
  }

  private static byte @Nullable [] theirs(String text) {
    try {
      return new IPAddressString(text, STRICT).toAddress().getBytes();
    } catch (AddressStringException | NullPointerException e) {
      // Not an address for the library; some shapes make it throw the second.
      return null;
    }
  }

  @Property(tries = 5_000)
  void every_address_prints_canonically_and_reads_back(@ForAll("addressBytes") byte[] bytes) {
    IpAddress address;
    try {
      address = IpAddress.of(bytes);
    } catch (ValueException mapped) {
      return;
    }
    assertEquals(address, IpAddress.parse(address.toString()));
    assertEquals(
        new IPAddressString(address.toString()).getAddress().toCanonicalString(),
        address.toString());
  }

  @Provide
  Arbitrary<byte[]> addressBytes() {
    Arbitrary<Byte> sparse = Arbitraries.of((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0xab);
    return Arbitraries.of(4, 16).flatMap(size -> sparse.array(byte[].class).ofSize(size));
  }
}
