/**
 * From the file to a goal: every object of the file as wanted resources, in the same form as the
 * live state. Pure; one file a noun.
 */
@NullMarked
package dev.plumbline.reconciler.desired;

import org.jspecify.annotations.NullMarked;
