/**
 * The one form in which live and desired state meet.
 *
 * <p>A <em>resource</em> is anything the kernel holds that plumbline can set: a namespace, a
 * sysctl, a device, the VLANs of a bridge port, a forwarding entry, an address, a route, a rule. It
 * has an identity ({@link dev.plumbline.reconciler.resource.ResourceId}), a mark that says who made
 * it, and <em>fields</em>: names as in the file, values as text in the kernel's own normal form, so
 * that comparing two resources is comparing strings.
 *
 * <p>Everything here is immutable and may be shared between threads.
 */
@NullMarked
package dev.plumbline.reconciler.resource;

import org.jspecify.annotations.NullMarked;
