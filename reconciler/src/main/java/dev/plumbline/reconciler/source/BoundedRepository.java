// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/** A clone that takes no object that is too large: a small pack may hold what fills all memory. */
final class BoundedRepository extends FileRepository {
  private final long objectBytes;

  BoundedRepository(Path directory, long objectBytes) throws IOException {
    super(new FileRepositoryBuilder().setGitDir(directory.toFile()).setBare().setup());
    this.objectBytes = objectBytes;
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter usual = super.newObjectInserter();
    return new ObjectInserter.Filter() {
      @Override
      protected ObjectInserter delegate() {
        return usual;
      }

      @Override
      public PackParser newPackParser(InputStream in) throws IOException {
        PackParser parser = super.newPackParser(in);
        parser.setMaxObjectSizeLimit(objectBytes);
        return parser;
      }
    };
  }
}
