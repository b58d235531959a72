// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttributeMapTest {
  @Test
  void aKnownAttributeOfTheWrongLengthIsNamedWithItsNest() {
    MessageWriter writer = new MessageWriter();
    writer.attribute(100, new byte[4]);
    int nest = writer.beginNested(15);
    writer.attribute(3, new byte[] {1, 2, 3});
    writer.endNested(nest);
    WireException e = assertThrows(WireException.class, () -> read(writer));
    assertEquals("A_NEST/A_U32", e.attribute());
    assertEquals(16, e.offset());
    assertEquals("A_NEST/A_U32: length is 3, expected 4 at offset 16", e.getMessage());
  }

  @Test
  void anAttributeThatNobodyKnowsIsKeptWithItsFlags() {
    MessageWriter writer = new MessageWriter();
    writer.attribute(100 | NetlinkFormat.NLA_F_NET_BYTEORDER, new byte[] {1, 2, 3});
    AttributeMap map = read(writer).with(WireProperties.A_U8, 7);
    assertArrayEquals(new byte[] {1, 2, 3}, map.unknown().get(100));
    MessageWriter again = new MessageWriter().attributes(map.without(WireProperties.A_U8));
    assertArrayEquals(writer.toByteArray(), again.toByteArray());
    assertEquals("{100=0x010203, A_U8=7}", map.toString());
  }

  @Test
  void anUnknownAttributeCanBeReadWithAKeyOfItsOwn() {
    AttributeMap map = read(new MessageWriter().attribute(100, new byte[] {9}));
    assertEquals(9, map.get(new Attribute<>(100, "LATER", Codecs.U8)));
    assertThrows(WireException.class, () -> map.get(new Attribute<>(100, "OTHER", Codecs.U32)));
  }

  @Test
  void ofARepeatedAttributeTheLastCountsAndAllCanBeHad() {
    AttributeMap map =
        AttributeMap.builder().add(WireProperties.A_U8, 1).add(WireProperties.A_U8, 2).build();
    assertEquals(2, map.get(WireProperties.A_U8));
    assertEquals(List.of(1, 2), map.getAll(WireProperties.A_U8));
    assertEquals(List.of(3), map.with(WireProperties.A_U8, 3).getAll(WireProperties.A_U8));
  }

  @Test
  void orderDoesNotMatterForEqualityExceptAmongTheSame() {
    AttributeMap one =
        AttributeMap.EMPTY.with(WireProperties.A_U8, 1).with(WireProperties.A_U16, 2);
    AttributeMap two =
        AttributeMap.EMPTY.with(WireProperties.A_U16, 2).with(WireProperties.A_U8, 1);
    assertEquals(one, two);
    assertEquals(one.hashCode(), two.hashCode());
    assertNotEquals(one, one.with(WireProperties.A_U8, 3));
    assertNotEquals(one, one.without(WireProperties.A_U8));
  }

  @Test
  void anIpv4MappedAddressStaysIpv6() {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
    AttributeMap map = read(new MessageWriter().attribute(13, mapped));
    assertInstanceOf(Inet6Address.class, map.get(WireProperties.A_IP));
  }

  @Test
  void bytesThatWereHandedOutCannotChangeTheMap() {
    AttributeMap map = AttributeMap.EMPTY.with(WireProperties.A_BYTES, new byte[] {1});
    map.get(WireProperties.A_BYTES)[0] = 2;
    assertArrayEquals(new byte[] {1}, map.get(WireProperties.A_BYTES));
  }

  @Test
  void aValueOutOfItsRangeIsRefusedInsteadOfTruncated() {
    MessageWriter writer = new MessageWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.attribute(WireProperties.A_U8, 256));
    assertThrows(IllegalArgumentException.class, () -> writer.attribute(WireProperties.A_U32, -1L));
    assertThrows(
        IllegalArgumentException.class, () -> writer.attribute(WireProperties.A_STRING, "a\0b"));
    assertThrows(IllegalArgumentException.class, () -> writer.attribute(1, new byte[65_532]));
  }

  @Test
  void aMissingAttributeIsNullOrAnErrorAsAsked() {
    assertNull(AttributeMap.EMPTY.get(WireProperties.A_U8));
    assertEquals(5, AttributeMap.EMPTY.get(WireProperties.A_U8, 5));
    WireException e =
        assertThrows(WireException.class, () -> AttributeMap.EMPTY.require(WireProperties.A_U8));
    assertEquals("A_U8 is missing", e.getMessage());
  }

  @Test
  void anAbandonedMessageLeavesThoseBeforeIt() {
    MessageWriter writer = new MessageWriter();
    writer.begin(1, 0, 1);
    writer.attribute(WireProperties.A_U8, 1).end();
    int size = writer.size();
    writer.begin(1, 0, 2);
    writer.attribute(WireProperties.A_U16, 1).abandon();
    assertEquals(size, writer.size());
    assertEquals(WireProperties.A_U8, writer.attributeAt(16));
    assertNull(writer.attributeAt(size + 16));
  }

  @Test
  void linkLayerAddressesAreComparedByContent() {
    LinkLayerAddress address = LinkLayerAddress.parse("02:00:00:00:00:fF");
    assertEquals("02:00:00:00:00:ff", address.toString());
    assertEquals(address, new LinkLayerAddress(address.bytes()));
    for (String wrong : List.of("02-00", "0", "02:", ":02", "02:0g", "02:00:00:00:00:000")) {
      assertThrows(IllegalArgumentException.class, () -> LinkLayerAddress.parse(wrong), wrong);
    }
  }

  private static AttributeMap read(MessageWriter writer) {
    return WireProperties.SCHEMA.read(
        ByteBuffer.wrap(writer.toByteArray()).order(ByteOrder.nativeOrder()));
  }
}
