// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeReader;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * IFLA_LINKINFO: the kind of a link and the settings of that kind, and the same for its role as a
 * port. The kind decides how the data is read; data of a kind that is not known here is kept as
 * unknown attributes.
 *
 * @param kind null for a physical device
 * @param slaveKind the master's kind, null for a device without master
 */
record LinkInfo(
    @Nullable String kind, AttributeMap data, @Nullable String slaveKind, AttributeMap slaveData) {
  private static final int KIND = 1;
  private static final int DATA = 2;
  private static final int SLAVE_KIND = 4;
  private static final int SLAVE_DATA = 5;

  static final LinkInfo NONE = new LinkInfo(null, AttributeMap.EMPTY, null, AttributeMap.EMPTY);
  static final AttributeCodec<LinkInfo> CODEC = new Codec();

  private static final AttributeSchema UNKNOWN = AttributeSchema.of("IFLA_INFO_DATA");

  /**
   * The registry of kinds: one line for each kind whose data is read. Not veth's, which the kernel
   * never sends: a peer in a peer in a peer would be read as deep as a message is long.
   */
  private static final Map<String, AttributeSchema> KINDS =
      Map.ofEntries(
          Map.entry(Bridge.KIND, Bridge.SCHEMA),
          Map.entry(Bond.KIND, Bond.SCHEMA),
          Map.entry(Vlan.KIND, Vlan.SCHEMA),
          Map.entry(Vxlan.KIND, Vxlan.SCHEMA),
          Map.entry(Geneve.KIND, Geneve.SCHEMA),
          Map.entry(Macvlan.KIND, Macvlan.SCHEMA),
          Map.entry(Vrf.KIND, Vrf.SCHEMA),
          Map.entry(Tun.KIND, Tun.SCHEMA),
          Map.entry(Gre.GRE, Gre.SCHEMA),
          Map.entry(Gre.GRETAP, Gre.SCHEMA),
          Map.entry(Gre.IP6GRE, Gre.SCHEMA),
          Map.entry(Gre.IP6GRETAP, Gre.SCHEMA));

  private static final Map<String, AttributeSchema> SLAVE_KINDS =
      Map.of(
          BridgePort.KIND,
          BridgePort.SCHEMA,
          BondPort.KIND,
          BondPort.SCHEMA,
          VrfPort.KIND,
          VrfPort.SCHEMA);

  private static final class Codec implements AttributeCodec<LinkInfo> {
    @Override
    public LinkInfo read(ByteBuffer payload) {
      String kind = null;
      String slaveKind = null;
      AttributeMap data = AttributeMap.EMPTY;
      AttributeMap slaveData = AttributeMap.EMPTY;
      // The kernel writes each kind before its data. IFLA_INFO_XSTATS is counters and is left out.
      AttributeReader reader = AttributeReader.over(payload);
      while (reader.next()) {
        switch (reader.type()) {
          case KIND -> kind = reader.string();
          case DATA -> data = schema(KINDS, kind).read(reader.nested());
          case SLAVE_KIND -> slaveKind = reader.string();
          case SLAVE_DATA -> slaveData = schema(SLAVE_KINDS, slaveKind).read(reader.nested());
          default -> {}
        }
      }
      return new LinkInfo(kind, data, slaveKind, slaveData);
    }

    private static AttributeSchema schema(
        Map<String, AttributeSchema> schemas, @Nullable String kind) {
      return kind == null ? UNKNOWN : schemas.getOrDefault(kind, UNKNOWN);
    }

    @Override
    public void write(MessageWriter w, int type, LinkInfo value) {
      int mark = w.beginNested(type);
      writeHalf(w, KIND, value.kind, DATA, value.data);
      writeHalf(w, SLAVE_KIND, value.slaveKind, SLAVE_DATA, value.slaveData);
      w.endNested(mark);
    }

    private static void writeHalf(
        MessageWriter w, int kindType, @Nullable String kind, int dataType, AttributeMap data) {
      if (kind != null) {
        Codecs.STRING.write(w, kindType, kind);
      }
      if (!data.equals(AttributeMap.EMPTY)) {
        int mark = w.beginNested(dataType);
        w.attributes(data);
        w.endNested(mark);
      }
    }
  }
}
