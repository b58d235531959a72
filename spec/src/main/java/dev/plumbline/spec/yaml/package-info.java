/**
 * YAML 1.2 as a tree that knows where each key and value stands.
 *
 * <p>Only what a host file needs: maps with unique text keys, lists, and the scalars of the core
 * schema. Reading is bounded ({@link dev.plumbline.spec.yaml.YamlLimits}) in size, depth and in
 * what aliases expand to. Trees are immutable and safe for any thread; an alias shares its node.
 */
@NullMarked
package dev.plumbline.spec.yaml;

import org.jspecify.annotations.NullMarked;
