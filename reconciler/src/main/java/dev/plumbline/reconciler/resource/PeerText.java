// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

/** The field {@code peer} of a veth: {@code name}, or {@code namespace/name}. */
public final class PeerText {
  private PeerText() {}

  public static String of(ResourceId device) {
    return device.namespace().isEmpty()
        ? device.device()
        : device.namespace() + "/" + device.device();
  }

  public static ResourceId parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? ResourceId.deviceIn("", text)
        : ResourceId.deviceIn(text.substring(0, slash), text.substring(slash + 1));
  }
}
