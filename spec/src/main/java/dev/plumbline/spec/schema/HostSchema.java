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

/** Validates a merged tree. */
public final class HostSchema {
  private static final String RESOURCE = "/schemas/host.schema.json";

  private HostSchema() {}

  /** Compiled at first use, once. */
  private static final class Compiled {
    static final Schema SCHEMA = compile();

    private static Schema compile() {
      try (InputStream in = HostSchema.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException(RESOURCE + " is not on the class path");
        }
        return SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(in, InputFormat.JSON);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Adds a problem for everything in the tree that the schema refuses. */
  public static void validate(YamlMap tree, Problems problems) {
    Violations violations = new Violations(tree, Compiled.SCHEMA.getSchemaNode(), problems);
    List<Error> errors = Compiled.SCHEMA.validate(JsonTree.of(tree));
    errors.stream().filter(Violations::isUnknownKey).forEach(violations::report);
    errors.stream().filter(error -> !Violations.isUnknownKey(error)).forEach(violations::report);
  }
}
