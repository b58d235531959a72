// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.nio.ByteBuffer;

/** Takes the frames that one was cut into, in order. */
@FunctionalInterface
public interface FrameSink {
  /**
   * Takes a frame with all its checksums.
   *
   * @param buffer the cutter's own, overwritten by the next frame; the {@link
   *     ActionExecutor#HEADROOM} bytes in front of the offset may be written
   */
  void frame(ByteBuffer buffer, int offset, int length);
}
