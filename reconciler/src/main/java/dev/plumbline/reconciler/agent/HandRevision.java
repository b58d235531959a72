// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.spec.source.KernelFiles;
import dev.plumbline.spec.yaml.YamlLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The file of a plan that somebody applies, as it is now.
 *
 * @param digests SHA-256 of the files that the plan was made from; empty for one that is gone, or
 *     is none that ends, or larger than any that is read
 */
record HandRevision(Candidate candidate, SortedMap<String, String> digests) {

  static HandRevision of(SavedPlan saved, String host) throws IOException {
    Candidate read = FileOrigin.read(saved.file(), host);
    SortedMap<String, String> digests = new TreeMap<>();
    for (String file : saved.digests().keySet()) {
      digests.put(file, digest(Path.of(file)));
    }
    String label = read.label() + " by hand";
    return new HandRevision(
        Candidate.read(
            read.id(), read.content(), label, read.state(), read.problems(), read.keep()),
        digests);
  }

  private static String digest(Path file) throws IOException {
    if (!Files.isRegularFile(file) || KernelFiles.has(file)) {
      return ""; // whoever made the plan may have named a device or a pipe
    }
    try {
      if (Files.size(file) > YamlLimits.FILE_BYTES) {
        return ""; // no plan is made of such a one, and it may have terabytes
      }
      return SavedPlan.digest(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
