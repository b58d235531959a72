// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.traffic.Clsact;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * What this kernel can do for the fast path, for this process: each feature is tried, no version is
 * looked at. Takes some milliseconds and leaves nothing behind.
 *
 * @param refusals why a feature is not there, in the kernel's words as far as it has any; what is
 *     not in it is there
 */
public record Probe(Map<Feature, String> refusals) {
  /** What the fast path uses. */
  public enum Feature {
    /** bpf(2) at all: in the kernel, and allowed to us. */
    BPF("eBPF maps"),
    /** libbpf.so.1. */
    LIBBPF("libbpf"),
    /** Programs of type tc. */
    PROGRAMS("eBPF programs for frames"),
    /** Linux 6.6. */
    TCX("tcx hooks"),
    /** Linux 4.5; the way without tcx. */
    CLSACT("clsact hooks"),
    /** Linux 5.10: frames go into another namespace without a queue between. */
    REDIRECT_PEER("bpf_redirect_peer"),
    /** Linux 5.10: the kernel finds the neighbour's address. */
    REDIRECT_NEIGH("bpf_redirect_neigh"),
    /** Linux 5.11: a clock that costs nothing. */
    COARSE_CLOCK("bpf_ktime_get_coarse_ns"),
    /** Linux 5.6; without it one entry after the other is read. */
    BATCHES("map batches"),
    /** Linux 5.5. */
    MAPPED_ARRAYS("arrays mapped into memory");

    private final String description;

    Feature(String description) {
      this.description = description;
    }

    /** In words, for messages. */
    public String description() {
      return description;
    }
  }

  private static final int REDIRECT_NEIGH = 152; // enum bpf_func_id
  private static final int REDIRECT_PEER = 155;
  private static final int KTIME_GET_COARSE_NS = 160;

  public Probe {
    refusals = Map.copyOf(refusals);
  }

  private interface Trial {
    void run() throws IOException;
  }

  /** Tries everything. */
  public static Probe run() {
    Map<Feature, String> refusals = new EnumMap<>(Feature.class);
    attempt(refusals, Feature.BPF, Probe::tryMap);
    attempt(refusals, Feature.LIBBPF, LibBpf::get);
    attempt(refusals, Feature.PROGRAMS, () -> SmallProgram.probe(SmallProgram.NO_HELPER));
    attempt(refusals, Feature.TCX, Probe::tryTcx);
    attempt(refusals, Feature.CLSACT, Probe::tryClsact);
    attempt(refusals, Feature.REDIRECT_PEER, () -> SmallProgram.probe(REDIRECT_PEER));
    attempt(refusals, Feature.REDIRECT_NEIGH, () -> SmallProgram.probe(REDIRECT_NEIGH));
    attempt(refusals, Feature.COARSE_CLOCK, () -> SmallProgram.probe(KTIME_GET_COARSE_NS));
    attempt(refusals, Feature.BATCHES, Probe::tryBatch);
    attempt(refusals, Feature.MAPPED_ARRAYS, Probe::tryMapping);
    return new Probe(refusals);
  }

  private static void attempt(Map<Feature, String> refusals, Feature feature, Trial trial) {
    try {
      trial.run();
    } catch (IOException | UnsupportedOperationException e) {
      String message = e.getMessage();
      refusals.put(feature, message == null ? e.toString() : message);
    }
  }

  /** Whether the feature is there. */
  public boolean has(Feature feature) {
    return !refusals.containsKey(feature);
  }

  /**
   * Why the kernel cannot have a fast path, in the words of whoever refused; empty if it can. The
   * clock, batches and tcx have substitutes, as long as there is clsact.
   */
  public String obstacle() {
    for (Feature feature :
        new Feature[] {
          Feature.BPF,
          Feature.LIBBPF,
          Feature.PROGRAMS,
          Feature.MAPPED_ARRAYS,
          Feature.COARSE_CLOCK,
          Feature.REDIRECT_PEER,
          Feature.REDIRECT_NEIGH
        }) {
      if (!has(feature)) {
        return "no " + feature.description() + ": " + refusals.get(feature);
      }
    }
    return has(Feature.TCX) || has(Feature.CLSACT)
        ? ""
        : "no hooks: " + refusals.get(Feature.TCX) + "; " + refusals.get(Feature.CLSACT);
  }

  private static void tryMap() throws IOException {
    BpfMap.create("probe", MapInfo.HASH, 4, 4, 1, 0).close();
  }

  private static void tryTcx() throws IOException {
    int result = TcxHooks.query();
    if (result < 0) {
      throw new ErrnoException("list the tcx programs of a device", -result);
    }
  }

  private static void tryClsact() throws IOException {
    try (NetNamespace scratch = NetNamespace.scratch();
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, scratch)) {
      socket.request(Clsact.add(1)); // its loopback device
    }
  }

  private static void tryBatch() throws IOException {
    try (BpfMap map = BpfMap.create("probe", MapInfo.HASH, 4, 4, 1, 0)) {
      MapBatch batch = new MapBatch(map, 1);
      int unused = batch.lookup();
      if (batch.isOneByOne()) {
        throw new ErrnoException("read a batch of a map", Errno.EINVAL);
      }
    }
  }

  private static void tryMapping() throws IOException {
    try (BpfMap map = BpfMap.create("probe", MapInfo.ARRAY, 4, 8, 1, MapInfo.MMAPABLE)) {
      Memory values = map.mapValues();
      values.unmap();
    }
  }
}
