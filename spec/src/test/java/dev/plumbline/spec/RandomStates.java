// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.model.*;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.MacAddress;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.VlanId;
import dev.plumbline.spec.value.VlanSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Makes states of every shape that the records allow and the schema accepts; they need not go
 * together. One seed gives one state.
 */
final class RandomStates {
  private static final String U32 = "4294967295";
  private final Random random;

  RandomStates(Random random) {
    this.random = random;
  }

  DesiredState state() {
    return new DesiredState(
        1,
        maybe(this::text),
        distinct(this::text),
        new DriftRules(
            one(DriftPolicy.values()),
            map(key -> new DriftRules.Rule(maybe(() -> one(DriftPolicy.values())), ignored()))),
        map(key -> new Namespace(sysctls())),
        map(key -> new Interface(device(key))),
        map(
            key -> {
              String peer = (key.length() > 10 ? key.substring(0, 10) : key) + "-peer";
              return new Veth(device(key), new Veth.Peer(device(peer)));
            }),
        map(key -> new Vlan(device(key), name(), vlanId(), one(VlanProtocol.values()))),
        map(key -> new Dummy(device(key))),
        map(this::bridge),
        map(this::bond),
        map(key -> new InternalPort(device(key), text(), maybe(this::vlanMode))),
        map(key -> new Patch(List.of(text() + "1", text() + "2"))),
        map(this::tunnel),
        map(key -> new Vrf(device(key), u32(1), distinct(this::name))),
        list(this::route),
        list(this::rule),
        map(key -> check()),
        map(key -> reachability()),
        SourceMap.empty());
  }

  private List<String> ignored() {
    return random.nextBoolean() ? List.of("mtu", "addresses") : List.of();
  }

  private Map<String, String> sysctls() {
    Map<String, String> sysctls = new LinkedHashMap<>();
    for (int i = 0; i < random.nextInt(3); i++) {
      sysctls.put(
          "net." + name(), one("0", "1", "4096\t87380", "007", "bbr", "true", "-1", U32, "1e3"));
    }
    return sysctls;
  }

  private DeviceSettings device(String key) {
    return new DeviceSettings(
        random.nextInt(3) == 0 ? name() : "",
        random.nextInt(3) == 0 ? name() : key,
        maybe(() -> between(68, 65535)),
        maybe(() -> new MacAddress((random.nextLong() & 0xfeff_ffff_ffffL) | 1)),
        maybe(random::nextBoolean),
        maybe(() -> list(this::address)),
        maybe(() -> between(0, 1_000_000)));
  }

  private AddressSetting address() {
    if (random.nextBoolean()) {
      return AddressSetting.of(prefix(family()));
    }
    return new AddressSetting(
        prefix(family()),
        maybe(() -> ip(family())),
        maybe(() -> ip(IpFamily.IPV4)),
        maybe(this::text),
        maybe(() -> one(RouteScope.values())),
        maybe(() -> u32(0)),
        maybe(this::duration),
        maybe(this::duration),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean));
  }

  private Bridge bridge(String key) {
    Datapath datapath = one(Datapath.values());
    DeviceSettings settings = datapath == Datapath.KERNEL ? device(key) : DeviceSettings.named(key);
    return new Bridge(
        settings,
        datapath,
        map(port -> bridgePort()),
        maybe(this::vlanMode),
        maybe(random::nextBoolean),
        maybe(() -> one(VlanProtocol.values())),
        maybe(() -> between(0, 4094)),
        maybe(this::stp),
        maybe(() -> new MacTable(maybe(this::duration), maybe(() -> between(1, 1 << 20)))),
        maybe(random::nextBoolean),
        maybe(() -> between(0, 65528)),
        maybe(this::stp),
        maybe(random::nextBoolean),
        list(this::flow),
        list(this::group),
        list(this::meter));
  }

  private BridgePort bridgePort() {
    return new BridgePort(
        maybe(this::vlanMode),
        maybe(() -> between(1, 65535)),
        maybe(() -> between(0, 63)),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        maybe(this::filter));
  }

  private PortFilter filter() {
    return new PortFilter(list(() -> rule("from")), list(() -> rule("to")));
  }

  private String rule(String address) {
    return one(
        "established",
        "any",
        "dhcp",
        "tcp",
        "udp " + between(0, 65535),
        "tcp 22,8000-8999 " + address + " 10.0.0.0/8",
        "tcp " + address + " 2001:db8::/32",
        "icmp 8",
        "protocol 47 " + address + " 10.1.0.0/16",
        "any " + address + " 10.1.2.3/32");
  }

  private VlanMode vlanMode() {
    VlanSet some = VlanSet.of(between(1, 4094), between(1, 9), between(1, 9), between(1, 9));
    return switch (random.nextInt(4)) {
      case 0 -> new VlanMode.Access(vlanId());
      case 1 -> new VlanMode.Trunk(some);
      case 2 ->
          new VlanMode.Native(
              vlanId(), random.nextBoolean() ? some : VlanSet.of(), random.nextBoolean());
      default -> new VlanMode.Dot1qTunnel(vlanId());
    };
  }

  private StpSettings stp() {
    return new StpSettings(
        maybe(random::nextBoolean),
        maybe(() -> between(0, 65535)),
        maybe(this::duration),
        maybe(this::duration),
        maybe(this::duration));
  }

  private FlowEntry flow() {
    if (random.nextBoolean()) {
      return new FlowEntry.Text("priority=" + between(0, 9) + ",dl_vlan=7 actions=" + text());
    }
    Map<String, Object> match = new LinkedHashMap<>();
    match.put(text(), one((Object) 5L, "x", "10", true));
    return new FlowEntry.Parts(
        maybe(() -> between(0, 253)),
        maybe(() -> between(0, 65535)),
        maybe(() -> one((Object) 9L, "0x1f")),
        random.nextBoolean() ? match : Map.of(),
        list(() -> one("normal", (Object) Map.of("setVlan", 5L))));
  }

  private GroupEntry group() {
    return random.nextBoolean()
        ? new GroupEntry.Text("group_id=1,type=all,bucket=" + text())
        : new GroupEntry.Parts(
            (long) between(0, 9),
            one("all", "select", "indirect"),
            list(
                () ->
                    new GroupEntry.Bucket(
                        maybe(() -> between(0, 65535)),
                        list(() -> one("normal", (Object) Map.of("setVlan", 5L))))));
  }

  private MeterEntry meter() {
    return random.nextBoolean()
        ? new MeterEntry.Text("meter=1 kbps bands=type=drop rate=1" + text())
        : new MeterEntry.Parts(
            (long) between(1, 9), u32(1), one("kbps", "pktps"), maybe(() -> u32(1)));
  }

  private Bond bond(String key) {
    return new Bond(
        device(key),
        maybe(this::text),
        maybe(this::vlanMode),
        distinct(this::name),
        one(BondMode.values()),
        new BondOptions(
            maybe(this::duration),
            maybe(this::duration),
            maybe(this::duration),
            maybe(this::duration),
            maybe(this::name),
            maybe(() -> one(PrimaryReselect.values())),
            maybe(() -> one(FailOverMac.values())),
            maybe(() -> one(XmitHashPolicy.values())),
            maybe(() -> one(LacpRate.values())),
            maybe(() -> one(AdSelect.values())),
            maybe(() -> between(0, 255)),
            maybe(this::duration),
            maybe(() -> distinct(() -> ip(IpFamily.IPV4))),
            maybe(() -> one(ArpValidate.values())),
            maybe(random::nextBoolean),
            maybe(() -> between(0, 255)),
            maybe(() -> between(0, 255))));
  }

  private Tunnel tunnel(String key) {
    boolean keyOfFlow = random.nextInt(8) == 0;
    boolean remoteOfFlow = random.nextInt(8) == 0;
    return new Tunnel(
        device(key),
        one(TunnelType.values()),
        maybe(this::text),
        maybe(this::vlanMode),
        keyOfFlow ? null : maybe(() -> u32(0)),
        maybe(() -> ip(family())),
        remoteOfFlow ? null : maybe(() -> ip(family())),
        distinct(() -> ip(family())),
        maybe(() -> between(1, 65535)),
        maybe(() -> between(0, 255)),
        maybe(() -> between(0, 255)),
        maybe(() -> one(DontFragment.values())),
        maybe(this::name),
        maybe(random::nextBoolean),
        maybe(random::nextBoolean),
        keyOfFlow,
        remoteOfFlow);
  }

  private Route route() {
    IpFamily family = family();
    List<NextHop> hops =
        random.nextInt(3) > 0
            ? List.of()
            : List.of(
                new NextHop(ip(family), maybe(this::name), maybe(() -> between(1, 256)), null),
                new NextHop(maybe(() -> ip(family)), name(), null, maybe(random::nextBoolean)));
    return new Route(
        random.nextInt(3) == 0 ? Prefix.any(family) : prefix(family).network(),
        maybe(() -> ip(family)),
        maybe(this::name),
        random.nextBoolean() ? "" : name(),
        maybe(() -> u32(1)),
        maybe(() -> u32(0)),
        maybe(() -> one(RouteScope.values())),
        maybe(() -> one(RouteType.values())),
        maybe(() -> ip(family)),
        maybe(random::nextBoolean),
        maybe(() -> between(68, 65535)),
        maybe(() -> between(1, 65535)),
        maybe(() -> between(1, 65535)),
        maybe(() -> between(1, 65535)),
        maybe(() -> between(1, 255)),
        hops);
  }

  private Rule rule() {
    IpFamily family = family();
    return new Rule(
        u32(0),
        family,
        random.nextBoolean() ? "" : name(),
        maybe(() -> prefix(family).network()),
        maybe(() -> prefix(family).network()),
        maybe(this::name),
        maybe(this::name),
        maybe(() -> u32(0)),
        maybe(() -> u32(0)),
        maybe(() -> between(0, 255)),
        maybe(() -> u32(1)),
        one(RuleAction.values()),
        maybe(random::nextBoolean),
        maybe(() -> range(0)),
        maybe(() -> between(1, 255)),
        maybe(() -> range(1)),
        maybe(() -> range(1)),
        maybe(() -> between(0, 128)),
        maybe(random::nextBoolean));
  }

  private Check check() {
    IpFamily family = family();
    boolean device = random.nextBoolean();
    return new Check(
        ip(family),
        maybe(() -> between(1, 65535)),
        random.nextBoolean() ? "" : name(),
        device ? one("eth0", "br-int", "v1") : null,
        device ? null : maybe(() -> ip(family)),
        Duration.ofMillis(between(100, 120_000)));
  }

  private Reachability reachability() {
    boolean tcp = random.nextBoolean();
    return new Reachability(
        name(),
        ip(family()).toString(),
        one(Reachability.Expectation.values()),
        tcp ? Integer.valueOf(between(1, 65535)) : null,
        tcp ? null : maybe(() -> between(1, 65535)),
        maybe(() -> ip(family())),
        maybe(() -> ip(family())),
        maybe(() -> between(1, 4094)));
  }

  private NumberRange range(int low) {
    int first = between(low, 65535);
    return new NumberRange(first, between(first, 65535));
  }

  private long u32(long low) {
    return random.nextInt(5) == 0 ? Long.parseLong(U32) : low + random.nextInt(100_000);
  }

  private VlanId vlanId() {
    return new VlanId(between(1, 4094));
  }

  private Duration duration() {
    return Duration.ofMillis(
        random.nextBoolean() ? random.nextInt(5000) : random.nextInt(900) * 1000L);
  }

  private IpFamily family() {
    return one(IpFamily.values());
  }

  private IpAddress ip(IpFamily family) {
    byte[] bytes = new byte[family.bytes()];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      for (int i = 2; i < bytes.length - 1; i++) {
        bytes[i] = 0;
      }
    }
    bytes[0] = 0x20;
    return IpAddress.of(bytes);
  }

  private Prefix prefix(IpFamily family) {
    return new Prefix(ip(family), between(0, family.bits()));
  }

  /** Names that a device can have, with those that YAML could take for something else. */
  private String name() {
    return one(
        "eth0",
        "v1",
        "bond0.100",
        "null",
        "true",
        "10",
        "1e3",
        "~",
        "0x1F",
        "a#b",
        "-x",
        "-",
        "yes",
        "é1",
        "lo1",
        "{a}",
        "[b]",
        "*c",
        "&d",
        "!e",
        "'f",
        "\"g",
        "@h",
        "`i",
        "=",
        "<<",
        "a,b",
        "br-int",
        "|",
        ">",
        "?",
        "01");
  }

  private String text() {
    return random.nextInt(3) > 0
        ? name()
        : one(
            "two words",
            " lead",
            "trail ",
            "a: b",
            "a #b",
            "line\nbreak",
            "\t",
            "\ud83d\ude00",
            "x".repeat(200),
            "\\");
  }

  private int between(int low, int high) {
    return random.nextInt(6) == 0 ? high : low + random.nextInt(high - low + 1);
  }

  @SafeVarargs
  private <T> T one(T... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> T maybe(Supplier<T> value) {
    return random.nextInt(3) == 0 ? value.get() : null;
  }

  private <T> List<T> list(Supplier<T> item) {
    return Stream.generate(item).limit(random.nextInt(3)).toList();
  }

  private <T> List<T> distinct(Supplier<T> item) {
    return Stream.generate(item).limit(1 + random.nextInt(3)).distinct().toList();
  }

  private <T> Map<String, T> map(Function<String, T> value) {
    Map<String, T> map = new LinkedHashMap<>();
    for (int i = 0; i < random.nextInt(4); i++) {
      String key = name();
      map.put(key, value.apply(key));
    }
    return map;
  }
}
