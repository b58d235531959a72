// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.ValueException;
import java.math.BigInteger;

/** Networks, and netmasks as prefix lengths. */
final class Masks {
  private Masks() {}

  /** A network, or an address alone. */
  static String network(String text) {
    return text.contains("/")
        ? Prefix.parse(text).network().toString()
        : Prefix.host(IpAddress.parse(text)).toString();
  }

  /** The length that a mask ({@code 255.255.255.0}) or a number says. */
  static int length(String mask) {
    if (mask.matches("[0-9]{1,3}")) {
      return Integer.parseInt(mask);
    }
    IpAddress address = IpAddress.parse(mask);
    String bits = new BigInteger(1, address.bytes()).toString(2);
    boolean whole = mask.equals("0.0.0.0") || (bits.matches("1+0*") && bits.length() == 32);
    if (address.family() != IpFamily.IPV4 || !whole) {
      throw new ValueException("`" + mask + "` is no netmask", "one such as 255.255.255.0");
    }
    return bits.replace("0", "").length();
  }
}
