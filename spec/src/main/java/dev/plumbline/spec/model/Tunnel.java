// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel: a port of a bridge, or a device of its own.
 *
 * @param bridge key of the bridge it is a port of; see {@link DesiredState#portsOf}
 * @param vlan its VLANs in that bridge; only with {@code bridge}
 * @param key VXLAN and Geneve: network identifier, required, 0 to 2^24 - 1; GRE: 0 to 2^32 - 1
 * @param remote the other end, or a multicast group (VXLAN)
 * @param remotes the other ends of a mesh (VXLAN); frames from one are not relayed to another
 * @param port UDP port of the other end, 1 to 65535; not named: 4789 (VXLAN), 6081 (Geneve)
 * @param ttl 1 to 255; 0: inherit
 * @param tos 0 to 255; 1: inherit
 * @param parent reference to the device that carries it
 * @param checksum GRE: checksums in the header; VXLAN and Geneve: UDP checksums
 * @param learning VXLAN: whether addresses behind remotes are learnt from data
 * @param keyOfFlow flows of its embedded bridge say the key, which is not named then
 * @param remoteOfFlow flows say the remote, which is not named then
 */
public record Tunnel(
    DeviceSettings settings,
    TunnelType type,
    @Nullable String bridge,
    @Nullable VlanMode vlan,
    @Nullable Long key,
    @Nullable IpAddress local,
    @Nullable IpAddress remote,
    List<IpAddress> remotes,
    @Nullable Integer port,
    @Nullable Integer ttl,
    @Nullable Integer tos,
    @Nullable DontFragment df,
    @Nullable String parent,
    @Nullable Boolean checksum,
    @Nullable Boolean learning,
    boolean keyOfFlow,
    boolean remoteOfFlow)
    implements DeviceKind {
  public Tunnel {
    remotes = List.copyOf(remotes);
  }
}
