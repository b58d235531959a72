// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.schema;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form of a kind of file; it validates a whole tree. */
public final class FileSchema {
  /** A host file, after its layers are merged. */
  public static final FileSchema HOST = new FileSchema("/schemas/host.schema.json");

  /** The agent's configuration. */
  public static final FileSchema AGENT = new FileSchema("/schemas/agent.schema.json");

  /** A repository's own file, {@code plumbline.yaml}. */
  public static final FileSchema REPOSITORY = new FileSchema("/schemas/repository.schema.json");

  private final String resource;
  private @Nullable Schema compiled;

  private FileSchema(String resource) {
    this.resource = resource;
  }

  /** Compiled at first use, once. */
  private synchronized Schema compiled() {
    if (compiled == null) {
      compiled = compile();
    }
    return compiled;
  }

  private Schema compile() {
    try (InputStream in = FileSchema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(in, InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a problem for everything in the tree that the schema refuses. */
  public void validate(YamlMap tree, Problems problems) {
    Schema schema = compiled();
    Violations violations = new Violations(tree, schema.getSchemaNode(), problems);
    List<Error> errors = schema.validate(JsonTree.of(tree));
    errors.stream().filter(Violations::isUnknownKey).forEach(violations::report);
    errors.stream().filter(error -> !Violations.isUnknownKey(error)).forEach(violations::report);
  }
}
