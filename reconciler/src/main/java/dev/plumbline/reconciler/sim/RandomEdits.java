// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody does by hand to what is there, chosen by two numbers. */
public final class RandomEdits {
  /** How many sorts of edits there are. */
  public static final int SORTS = 10;

  /** The edit that sets a device down. */
  public static final int DOWN = 7;

  private RandomEdits() {}

  /** Whether the device of this number is one that plumbline made. */
  public static boolean isOnOurs(LiveState live, int which) {
    List<Resource> devices = devices(live);
    return !devices.isEmpty() && devices.get(which % devices.size()).isOurs();
  }

  private static List<Resource> devices(LiveState live) {
    return live.ofType(ResourceType.DEVICE).stream()
        .filter(device -> !device.id().device().equals("lo"))
        .toList();
  }

  /**
   * The edit of these numbers, which the kernel may refuse.
   *
   * @param what 0 to 9; 0 is none
   * @param which of the devices, or of what else there is
   */
  public static @Nullable Edit edit(LiveState live, int what, int which) {
    List<Resource> devices = devices(live);
    if (devices.isEmpty()) {
      return what == 6 ? Edit.addDevice(ResourceId.deviceIn("", "z" + which), "dummy") : null;
    }
    ResourceId id = devices.get(which % devices.size()).id();
    ResourceId other = ResourceId.deviceIn(id.namespace(), "z" + which);
    return switch (what) {
      case 1 -> Edit.mtu(id, 1334);
      case 2 -> Edit.noMaster(id);
      case 3 -> Edit.unplug(id);
      case 4 -> Edit.rename(id, other.device());
      case 5 -> Edit.unmark(id);
      case 6 -> Edit.addDevice(other, "dummy");
      case DOWN -> Edit.down(id);
      case 8, 9 -> removed(live, which);
      default -> null;
    };
  }

  /** An address, a route or a rule goes. */
  private static @Nullable Edit removed(LiveState live, int which) {
    List<Resource> others =
        live.resources().stream()
            .filter(
                each ->
                    each.id().type() == ResourceType.ADDRESS
                        || each.id().type() == ResourceType.ROUTE
                        || each.id().type() == ResourceType.RULE)
            .toList();
    if (others.isEmpty()) {
      return null;
    }
    Resource gone = others.get(which % others.size());
    return switch (gone.id().type()) {
      case ADDRESS -> Edit.deleteAddress(gone.id());
      case ROUTE -> Edit.deleteRoute(gone.id());
      default -> Edit.deleteRule(gone);
    };
  }
}
