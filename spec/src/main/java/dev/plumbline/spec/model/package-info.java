/**
 * What a host file says, as records: one record a kind, named as the file names it.
 *
 * <p>Terms:
 *
 * <ul>
 *   <li>A <b>kind</b> is one of the file's maps or lists ({@code bridges}, {@code routes}).
 *   <li>An <b>object</b> is one entry of it; its <b>address</b> is {@code bridges.br0} or {@code
 *       routes[2]}, and a plan uses the same.
 *   <li>A <b>device</b> is a network device that an object makes ({@code bridges.br0}; a veth makes
 *       two, the second at {@code veths.v1.peer}) or that is there already ({@code
 *       interfaces.eth2}).
 *   <li>A <b>reference</b> is a name by which one object means a device (a bridge's port, a bond's
 *       member, a route's {@code dev}); see {@link dev.plumbline.spec.model.Devices#resolve}.
 * </ul>
 *
 * <p>A component that is null was not named in the file. Everything is immutable, keeps the file's
 * order, and is safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.model;

import org.jspecify.annotations.NullMarked;
