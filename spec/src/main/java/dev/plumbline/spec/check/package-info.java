/**
 * What JSON Schema cannot say: rules between the objects of a file, a class a subject.
 *
 * <p>Terms: a mistake of form or value may hide what was meant; what the state says there is then
 * in <b>doubt</b>. A check that rests on something being absent (a gateway on no connected
 * network), or on a usual value, says nothing about what is in doubt. Stateless; safe for any
 * thread.
 */
@NullMarked
package dev.plumbline.spec.check;

import org.jspecify.annotations.NullMarked;
