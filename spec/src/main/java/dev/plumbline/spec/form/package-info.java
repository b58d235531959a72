/**
 * How each kind is spelled in the file: one class a kind, reading and writing side by side.
 *
 * <p>Reading takes a merged tree that the schema has looked at. What the schema refuses is read as
 * if it were not there, so that nothing is reported twice; what the schema cannot see (a bad
 * prefix, a bad MAC address) is reported here. Stateless; safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.form;

import org.jspecify.annotations.NullMarked;
