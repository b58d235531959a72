/**
 * The host as a whole: read, plan, apply, verify, and what plumbline remembers of it between runs.
 */
@NullMarked
package dev.plumbline.reconciler.host;

import org.jspecify.annotations.NullMarked;
