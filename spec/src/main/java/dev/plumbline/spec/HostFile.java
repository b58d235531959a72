// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.check.Checks;
import dev.plumbline.spec.form.StateForm;
import dev.plumbline.spec.merge.Layers;
import dev.plumbline.spec.merge.Variables;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.schema.FileSchema;
import dev.plumbline.spec.source.DirectorySource;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads a host file: read, merge, put variables in, validate, read as records, check.
 *
 * <p>Never throws for what a file says; everything is a {@link Problem} with its position, and all
 * of them are reported at once. Reads files and nothing else; safe for any thread.
 */
public final class HostFile {
  private HostFile() {}

  /**
   * Loads a file of the file system.
   *
   * @param file as the user named it; messages name files in the same way
   */
  public static Loaded load(Path file, LoadOptions options) {
    if (!Files.exists(file)) {
      return failed(file, "the file does not exist");
    }
    try {
      Path real = Objects.requireNonNull(file.toAbsolutePath().normalize());
      Path directory = Objects.requireNonNull(real.getParent());
      Path root = root(directory, options.root());
      // Links above the root are the user's own; those below it are judged as they are followed.
      Path realDirectory = directory.toRealPath();
      Path realRoot = root.toRealPath();
      if (!realDirectory.startsWith(realRoot)) {
        return failed(file, "the file is outside the repository " + root);
      }
      Path insideDirectory = realRoot.relativize(realDirectory);
      Path inside = insideDirectory.resolve(real.getFileName());
      Path shown = file.getParent() == null ? Path.of("") : file.getParent();
      return load(
          new DirectorySource(root) {
            @Override
            public String display(String path) {
              // As seen from the file, so that it leads there from where the user is.
              return path.equals(inside.toString())
                  ? file.toString()
                  : shown.resolve(insideDirectory.relativize(Path.of(path))).normalize().toString();
            }
          },
          inside.toString(),
          options);
    } catch (IOException e) {
      return failed(file, "the file cannot be read: " + e.getMessage());
    }
  }

  private static Path root(Path directory, @Nullable Path named) {
    if (named != null) {
      return named.toAbsolutePath().normalize();
    }
    Path git = DirectorySource.gitRoot(directory);
    return git == null ? directory : git;
  }

  private static Loaded failed(Path file, String message) {
    Problem problem = Problem.error(Position.ofFile(file.toString()), "", message);
    return new Loaded(null, List.of(problem), Set.of());
  }

  /**
   * Loads a file of any source.
   *
   * @param path of the file, relative to the source's root
   */
  public static Loaded load(FileSource source, String path, LoadOptions options) {
    Problems problems = new Problems();
    Layers layers = new Layers(source, problems);
    YamlMap merged = layers.load(path);
    if (merged == null) {
      return new Loaded(null, reported(problems, source.display(path)), layers.read());
    }
    YamlScalar guard =
        merged.get("host") instanceof YamlScalar scalar && scalar.value() instanceof String
            ? scalar
            : null;
    String host = options.host() != null ? options.host() : guard == null ? null : guard.text();
    YamlMap tree = Variables.substitute(merged, host, problems);
    if (guard != null && options.host() != null && !guard.text().equals(options.host())) {
      problems.add(
          Problem.error(
              guard.position(),
              "host",
              "the file is for the host `" + guard.text() + "`, and this is `" + host + "`"));
    }
    FileSchema.HOST.validate(tree, problems);
    DesiredState state = StateForm.read(tree, problems);
    Checks.run(state, tree, source.display(path), problems);
    options.checks().forEach(check -> check.run(state, problems));
    return new Loaded(
        problems.hasErrors() ? null : state,
        reported(problems, source.display(path)),
        layers.read());
  }

  /** What was kept, and last of all that it may not be all. */
  private static List<Problem> reported(Problems problems, String file) {
    List<Problem> reported = new ArrayList<>(problems.sorted());
    if (problems.isFull()) {
      reported.add(
          Problem.warning(
              Position.ofFile(file),
              "",
              "there may be more problems, of which no more than these "
                  + Problems.LIMIT
                  + " are reported"));
    }
    return reported;
  }
}
