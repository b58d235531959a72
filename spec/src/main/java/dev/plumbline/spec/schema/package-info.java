/**
 * The file's JSON Schema ({@code schemas/host.schema.json}, Draft 2020-12), and its violations in
 * the project's own words.
 *
 * <p>The schema uses neither {@code oneOf} nor {@code anyOf} nor formats: one mistake violates one
 * keyword and gives one problem. The compiled schema is shared and safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.schema;

import org.jspecify.annotations.NullMarked;
