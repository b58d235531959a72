/**
 * The JSON Schemas of files that people write ({@code schemas/host.schema.json}, {@code
 * schemas/agent.schema.json} and {@code schemas/repository.schema.json}, Draft 2020-12), and their
 * violations in the project's own words.
 *
 * <p>The schemas use neither {@code oneOf} nor {@code anyOf} nor formats: one mistake violates one
 * keyword and gives one problem. A compiled schema is shared and safe for any thread.
 */
@NullMarked
package dev.plumbline.spec.schema;

import org.jspecify.annotations.NullMarked;
