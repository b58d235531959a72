// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the fast path's programs cost to load. */
@KernelTest
@RequiresEbpf
class VerifierTest {
  /** Kernels give up at a million (BPF_COMPLEXITY_LIMIT_INSNS); older ones look more often. */
  private static final int MOST_INSTRUCTIONS = 600_000;

  private static final int VERIFIED_INSTRUCTIONS = 216; // struct bpf_prog_info, Linux 5.16

  @Test
  void theVerifierIsFarFromGivingUp() throws IOException {
    Map<String, Integer> looked = new TreeMap<>();
    try (BpfObject object = BpfObject.resource(BpfObject.class, "switch.bpf.o").load()) {
      for (BpfProgram one : object.programs().values()) {
        int bytes = VERIFIED_INSTRUCTIONS + Integer.BYTES;
        looked.put(
            one.name(), BpfCall.info(one.fd(), bytes).buffer().getInt(VERIFIED_INSTRUCTIONS));
      }
    }
    System.err.println("instructions that the verifier looked at: " + looked);
    assertEquals(
        Set.of("port_ingress", "host_egress", "underlay", "hidden_egress"), looked.keySet());
    looked.forEach((name, count) -> assertTrue(count > 0 && count < MOST_INSTRUCTIONS, name));
  }
}
