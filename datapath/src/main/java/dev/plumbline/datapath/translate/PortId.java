// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

/**
 * What has a number.
 *
 * @param bridge its name
 * @param port name of the port in the bridge
 * @param part a bond's member: its device; a tunnel's remote: its address; otherwise empty: the
 *     port itself
 */
public record PortId(String bridge, String port, String part) {
  @Override
  public String toString() {
    return bridge + "/" + port + (part.isEmpty() ? "" : "/" + part);
  }
}
