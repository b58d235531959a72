// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import dev.plumbline.reconciler.source.JGitEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;

/** The repository that the hosts' files are committed to, with its working copy. */
final class LabRepository implements AutoCloseable {
  private final Path directory;
  private final Git git;

  private LabRepository(Path directory, Git git) {
    this.directory = directory;
    this.git = git;
  }

  static LabRepository create(Path directory) throws IOException, GitAPIException {
    JGitEnvironment.install();
    Files.createDirectories(directory);
    return new LabRepository(
        directory, Git.init().setDirectory(directory.toFile()).setInitialBranch("main").call());
  }

  Path directory() {
    return directory;
  }

  /** Copies files of {@code examples/} that came with the build. */
  void copy(String example, List<String> paths) throws IOException {
    for (String path : paths) {
      String resource = "/examples/" + example + "/" + path;
      try (InputStream in = LabRepository.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IOException(resource + " is missing from this build");
        }
        Path file = directory.resolve(path);
        Files.createDirectories(directory.resolve(path).getParent());
        Files.copy(in, file);
      }
    }
  }

  /**
   * Replaces a line of a file.
   *
   * @throws IllegalArgumentException if the file has no such line
   */
  void replaceLine(String path, String before, String after) throws IOException {
    Path file = directory.resolve(path);
    String text = Files.readString(file, StandardCharsets.UTF_8);
    if (!text.contains("\n" + before + "\n")) {
      throw new IllegalArgumentException(path + " has no line `" + before + "`");
    }
    Files.writeString(file, text.replace("\n" + before + "\n", "\n" + after + "\n"));
  }

  /** Commits everything; returns the commit's name. */
  String commit(String message) throws GitAPIException {
    git.add().addFilepattern(".").call();
    return git.commit()
        .setMessage(message)
        .setAuthor("Ann", "ann@example.org")
        .setCommitter("Ann", "ann@example.org")
        .setSign(false)
        .setAllowEmpty(true)
        .call()
        .getName();
  }

  @Override
  public void close() {
    git.close();
  }
}
