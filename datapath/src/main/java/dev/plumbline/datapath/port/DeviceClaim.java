// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

/**
 * That a device was set up and made to take all frames, and what it was before.
 *
 * @param ifindex of the device
 * @param wasUp whether it was up already
 * @param wasPromiscuous whether it took all frames already
 */
public record DeviceClaim(int ifindex, boolean wasUp, boolean wasPromiscuous) {}
