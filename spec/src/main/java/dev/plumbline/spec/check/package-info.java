/**
 * What JSON Schema cannot say: rules between the objects of a file, a class a subject.
 *
 * <p>Terms: a check is <b>certain</b> if it goes by what is in the file alone; it is one of
 * <b>absence</b> if it goes by what is not there (a gateway on no connected network). Checks of
 * absence run only if no key or value is wrong by itself, because such a mistake may have hidden
 * what they miss. Stateless; safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.check;

import org.jspecify.annotations.NullMarked;
