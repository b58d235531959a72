// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures of a host: what there is in a file or on a host, drawn as boxes and lines.
 *
 * <ul>
 *   <li>A <b>diagram</b> is what is drawn, before anybody has said where: nodes with ports, and
 *       edges between them. It is made of resources, in one form for a file and for a host.
 *   <li>A <b>stack</b> is the node of a namespace's own IP stack: its ports are the devices that it
 *       has addresses on, with the routes that leave by them.
 *   <li>A <b>layout</b> is a diagram with a place for everything. The Eclipse Layout Kernel finds
 *       it; {@link dev.plumbline.reconciler.picture.ElkLayout} alone knows it.
 *   <li>A <b>mark</b> is what a plan does with a part of the picture.
 *   <li>A <b>trace</b> is the way of a packet through it.
 * </ul>
 *
 * <p>The same picture for the same resources: no clock, no files but its own style sheet, nothing
 * random. {@link dev.plumbline.reconciler.picture.Picture} is the way in.
 */
@NullMarked
package dev.plumbline.reconciler.picture;

import org.jspecify.annotations.NullMarked;
