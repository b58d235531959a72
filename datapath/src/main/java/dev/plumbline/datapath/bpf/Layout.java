// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

/**
 * The structures of {@code src/main/bpf/flow.h} for Java: a class for each, with the offsets of its
 * members in bytes, and {@code SIZE}, what all of it occupies; and, under their own names, the
 * numbers that have a meaning there. {@code struct flow_key} is {@link
 * dev.plumbline.datapath.flow.FlowKey}. What is what, and in which byte order, is said there.
 *
 * <p>A test compares all of it with the types in the compiled objects.
 */
public final class Layout {
  // Preprocessor.
  public static final int VLAN_PRESENT = 0x1000;
  public static final int ACTIONS_INLINE = 8;
  public static final int ACTIONS_LIST = 72;
  public static final int MASKS = 8;
  public static final int SLOTS = 256;
  public static final int BUCKETS = 256;
  public static final int TRAILS = 131072;
  public static final int TRAIL_SHARDS = 2;
  public static final int BOND_HASH_L2 = 0;
  public static final int BOND_HASH_L4 = 1;
  public static final int BRIDGE_MASKED = 1;
  public static final int OUTPUT_KNOWN = 1;
  public static final int COMMIT_MARK = 2;
  public static final int COMMIT_NAT = 4;
  public static final int COMMIT_NOTHING = 8;
  public static final int PREPARES_HEADERS = 1;
  public static final int PREPARES_COMMIT = 2;
  public static final int CT_NEW = 1;
  public static final int CT_EST = 2;
  public static final int CT_REL = 4;
  public static final int CT_RPL = 8;
  public static final int CT_INV = 16;
  public static final int CT_TRK = 32;
  public static final int CT_BRIDGE_SHIFT = 6;
  public static final int CT_ZONE_SHIFT = 16;
  public static final int CT_MARK_SHIFT = 32;
  public static final int CT_ANSWERS = 2;
  public static final int CONNECTION_FROM_HIGH = 1;
  public static final int CONNECTION_REPLIED = 2;
  public static final int CONNECTION_FIN = 4;
  public static final int CONNECTION_FIN_REPLY = 8;
  public static final int CONNECTION_RESET_REPLY = 16;
  public static final int CONNECTION_NAT = 32;
  public static final int CONNECTIONS = 262144;
  public static final int NAT_SOURCE = 1;
  public static final int NAT_RANGES = 4096;
  public static final int NAT_TRIES = 64;
  public static final int METER_PACKETS = 1;
  public static final int TUNNEL_ANY_KEY = 2;
  public static final int TUNNEL_IPV6 = 1;
  public static final int TUNNEL_CSUM = 2;
  public static final int TUNNEL_DF = 4;
  public static final int TUNNEL_KEY = 8;
  public static final int TUNNEL_TTL_INHERIT = 16;
  public static final int TUNNEL_TOS_INHERIT = 32;
  public static final int MARK_UPCALL = 0x504b0000;
  public static final int MARK_SLOT = 0x504c0000;
  public static final int MARK_TUNNEL = 0x504d0000;
  public static final int RECORD_BYTES = 256;
  public static final int RECORD_UPCALL = 0x10000;
  public static final int RECORD_DROP = 0x20000;

  // enum ingress_role
  public static final int INGRESS_PORT = 1;
  public static final int INGRESS_TUNNEL = 2;
  public static final int INGRESS_UNDERLAY = 3;
  public static final int INGRESS_SHARED = 4;

  // enum connection_state
  public static final int CONNECTION_OPEN = 0;
  public static final int CONNECTION_SYN_SENT = 1;
  public static final int CONNECTION_SYN_RECEIVED = 2;
  public static final int CONNECTION_ESTABLISHED = 3;
  public static final int CONNECTION_CLOSING = 4;
  public static final int CONNECTION_CLOSED = 5;
  public static final int CONNECTION_RESET = 6;

  // enum egress_kind
  public static final int EGRESS_DEVICE = 1;
  public static final int EGRESS_PEER = 2;
  public static final int EGRESS_HOST = 3;
  public static final int EGRESS_TUNNEL = 4;

  // enum tunnel_type
  public static final int TUNNEL_VXLAN = 1;
  public static final int TUNNEL_GENEVE = 2;
  public static final int TUNNEL_GRE = 3;

  // enum upcall_reason
  public static final int UPCALL_MISS = 1;
  public static final int UPCALL_ACTION = 2;
  public static final int UPCALL_TUNNEL = 3;
  public static final int UPCALL_TOO_BIG = 4;
  public static final int UPCALL_TUNNEL_END = 5;

  // enum drop_reason
  public static final int DROP_NONE = 0;
  public static final int DROP_MALFORMED = 1;
  public static final int DROP_UNKNOWN_DEVICE = 2;
  public static final int DROP_NO_UPCALL = 3;
  public static final int DROP_UPCALL_FAILED = 4;
  public static final int DROP_PORT_DOWN = 5;
  public static final int DROP_TOO_BIG = 6;
  public static final int DROP_BAD_ACTION = 7;
  public static final int DROP_BAD_LIST = 8;
  public static final int DROP_TUNNEL = 9;
  public static final int DROP_NO_ROUTE = 10;
  public static final int DROP_CLONE = 11;
  public static final int DROP_SLOT = 12;
  public static final int DROP_VLAN_OPERATION = 13;
  public static final int DROP_TUNNEL_UNKNOWN = 14;
  public static final int DROP_UPCALL_LIMIT = 15;
  public static final int DROP_CONGESTION = 16;
  public static final int DROP_SET = 17;
  public static final int DROP_CONNECTIONS = 18;
  public static final int DROP_METER = 19;
  public static final int DROP_NAT = 24;
  public static final int DROP_NAT_ERROR = 25;
  public static final int DROP_KERNEL_REASONS = 32;
  public static final int DROP_REASONS = 64;

  private Layout() {}

  /** {@code struct masked_key}. */
  public static final class MaskedKey {
    public static final int MASK = 0;
    public static final int KEY = 8;
    public static final int SIZE = 104;

    private MaskedKey() {}
  }

  /** {@code struct action}. */
  public static final class Action {
    public static final int TYPE = 0;
    public static final int FLAGS = 1;
    public static final int PORT = 2;
    public static final int ARG = 4;
    public static final int SIZE = 8;

    private Action() {}
  }

  /** {@code struct flow}. */
  public static final class Flow {
    public static final int GENERATION = 0;
    public static final int TRAIL = 4;
    public static final int N_ACTIONS = 8;
    public static final int PREPARES = 9;
    public static final int PACKETS = 16;
    public static final int BYTES = 24;
    public static final int USED_NS = 32;
    public static final int ACTIONS = 40;
    public static final int SIZE = 104;

    private Flow() {}
  }

  /** {@code struct trail}. */
  public static final class Trail {
    public static final int PACKETS = 0;
    public static final int BYTES = 8;
    public static final int USED_NS = 16;
    public static final int SIZE = 32;

    private Trail() {}
  }

  /** {@code struct action_list}. */
  public static final class ActionList {
    public static final int N_ACTIONS = 0;
    public static final int PREPARES = 4;
    public static final int ACTIONS = 8;
    public static final int SIZE = 584;

    private ActionList() {}
  }

  /** {@code struct ingress}. */
  public static final class Ingress {
    public static final int PORT = 0;
    public static final int BRIDGE = 2;
    public static final int ROLE = 4;
    public static final int SIZE = 8;

    private Ingress() {}
  }

  /** {@code struct egress}. */
  public static final class Egress {
    public static final int IFINDEX = 0;
    public static final int KIND = 4;
    public static final int TUNNEL = 6;
    public static final int MTU = 8;
    public static final int SIZE = 12;

    private Egress() {}
  }

  /** {@code struct bridge}. */
  public static final class Bridge {
    public static final int GENERATION = 0;
    public static final int FLAGS = 4;
    public static final int SIZE = 8;

    private Bridge() {}
  }

  /** {@code struct tunnel}. */
  public static final class Tunnel {
    public static final int TYPE = 0;
    public static final int FLAGS = 1;
    public static final int TOS = 2;
    public static final int TTL = 3;
    public static final int KEY = 4;
    public static final int LOCAL = 8;
    public static final int REMOTE = 24;
    public static final int NEXT_HOP = 40;
    public static final int IFINDEX = 56;
    public static final int PORT = 60;
    public static final int NEXT_HOP_FAMILY = 62;
    public static final int MTU = 64;
    public static final int SIZE = 68;

    private Tunnel() {}
  }

  /** {@code struct tunnel_id}. */
  public static final class TunnelId {
    public static final int TYPE = 0;
    public static final int IPV6 = 1;
    public static final int HAS_KEY = 2;
    public static final int KEY = 4;
    public static final int REMOTE = 8;
    public static final int LOCAL = 24;
    public static final int SIZE = 40;

    private TunnelId() {}
  }

  /** {@code struct connection_key}. */
  public static final class ConnectionKey {
    public static final int LOW_ADDRESS = 0;
    public static final int HIGH_ADDRESS = 16;
    public static final int LOW_PORT = 32;
    public static final int HIGH_PORT = 34;
    public static final int ZONE = 36;
    public static final int PROTOCOL = 40;
    public static final int VERSION = 41;
    public static final int SIZE = 44;

    private ConnectionKey() {}
  }

  /** {@code struct connection}. */
  public static final class Connection {
    public static final int EXPIRES_NS = 0;
    public static final int MARK = 8;
    public static final int STATE = 12;
    public static final int FLAGS = 13;
    public static final int PORT = 14;
    public static final int SIZE = 16;

    private Connection() {}
  }

  /** {@code struct translation}. */
  public static final class Translation {
    public static final int OTHER = 0;
    public static final int FROM_HIGH = 44;
    public static final int OTHER_FROM_HIGH = 45;
    public static final int IS_ORIGINAL = 46;
    public static final int SIZE = 48;

    private Translation() {}
  }

  /** {@code struct nat_range}. */
  public static final class NatRange {
    public static final int FLAGS = 0;
    public static final int VERSION = 1;
    public static final int WORD = 2;
    public static final int FIRST_PORT = 4;
    public static final int LAST_PORT = 6;
    public static final int ADDRESSES = 8;
    public static final int ADDRESS = 12;
    public static final int SIZE = 28;

    private NatRange() {}
  }

  /** {@code struct meter_key}. */
  public static final class MeterKey {
    public static final int BRIDGE = 0;
    public static final int NUMBER = 4;
    public static final int SIZE = 8;

    private MeterKey() {}
  }

  /** {@code struct meter}. */
  public static final class Meter {
    public static final int RATE = 0;
    public static final int FLAGS = 4;
    public static final int BURST_NS = 8;
    public static final int SIZE = 16;

    private Meter() {}
  }

  /** {@code struct meter_state}. */
  public static final class MeterState {
    public static final int FULL_NS = 0;
    public static final int PACKETS = 8;
    public static final int BYTES = 16;
    public static final int DROPPED_PACKETS = 24;
    public static final int DROPPED_BYTES = 32;
    public static final int SIZE = 40;

    private MeterState() {}
  }

  /** {@code struct upcall_prefix}. */
  public static final class UpcallPrefix {
    public static final int IN_PORT = 0;
    public static final int REASON = 2;
    public static final int VLAN_TCI = 4;
    public static final int VLAN_TPID = 6;
    public static final int IFINDEX = 8;
    public static final int MARK = 12;
    public static final int CT = 16;
    public static final int SIZE = 32;

    private UpcallPrefix() {}
  }

  /** {@code struct slot}. */
  public static final class Slot {
    public static final int IN_PORT = 0;
    public static final int VLAN_TCI = 2;
    public static final int VLAN_TPID = 4;
    public static final int BRIDGE = 6;
    public static final int TRAIL = 8;
    public static final int CT = 16;
    public static final int LIST = 32;
    public static final int SIZE = 616;

    private Slot() {}
  }

  /** {@code struct settings}. */
  public static final class Settings {
    public static final int UPCALL_IFINDEX = 0;
    public static final int INJECT_IFINDEX = 4;
    public static final int N_MASKS = 8;
    public static final int UPCALL_INTERVAL_NS = 12;
    public static final int SIZE = 16;

    private Settings() {}
  }

  /** {@code struct port_counters}. */
  public static final class PortCounters {
    public static final int RX_PACKETS = 0;
    public static final int RX_BYTES = 8;
    public static final int TX_PACKETS = 16;
    public static final int TX_BYTES = 24;
    public static final int SIZE = 32;

    private PortCounters() {}
  }

  /** {@code struct record}. */
  @SuppressWarnings("JavaLangClash") // the name in C
  public static final class Record {
    public static final int PORT = 0;
    public static final int LENGTH = 4;
    public static final int VLAN_TCI = 8;
    public static final int VLAN_TPID = 10;
    public static final int CT = 16;
    public static final int BYTES = 32;
    public static final int SIZE = 288;

    private Record() {}
  }
}
