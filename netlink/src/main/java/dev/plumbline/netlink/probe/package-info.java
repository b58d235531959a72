/**
 * What this kernel can do, found by trying and not by its version.
 *
 * <p>Terms: a <b>probe</b> tries a feature in a <b>scratch namespace</b>, which is gone afterwards;
 * nothing of the host is touched.
 *
 * <p>Threading: everything may be used from any thread; probes of one instance run one after the
 * other.
 */
@NullMarked
package dev.plumbline.netlink.probe;

import org.jspecify.annotations.NullMarked;
