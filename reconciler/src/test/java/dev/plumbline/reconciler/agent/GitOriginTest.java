// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.source.Signers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loop is offered of a repository. */
class GitOriginTest {
  private static final String FILE = "version: 1\nnamespaces: {web: {}}\n";

  @TempDir private Path directory;

  @Test
  void aCommitIsOfferedOnceAndAgainWhenItsKeyIsAllowedLater() throws Exception {
    String unpacked = Sh.run("../tools/openssh || true").strip();
    if (unpacked.isEmpty()) {
      System.err.println("Debian's ssh-keygen cannot be had: test skipped here");
      Assumptions.abort("Debian's ssh-keygen cannot be had");
    }
    String keygen = unpacked + "/usr/bin/ssh-keygen";
    Path allowed = Files.writeString(directory.resolve("allowed"), "");
    Sh.run(keygen + " -q -t ed25519 -N '' -f " + directory.resolve("ann"));
    try (OriginRun run = new OriginRun(directory)) {
      run.write("hosts/alpha.yaml", FILE);
      run.git(
          "add -A && git -c gpg.format=ssh -c gpg.ssh.program="
              + keygen
              + " commit -q -m One -S"
              + directory.resolve("ann.pub"));
      run.start(new Signers(allowed, null, null));

      Candidate refused = run.await();
      assertNull(refused.state());
      assertTrue(refused.problems().get(0).startsWith("NOT APPLIED: commit "), refused.label());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "said once");

      Files.writeString(
          allowed, "ann@example.org " + Files.readString(directory.resolve("ann.pub")));
      Candidate good = run.await();
      assertEquals(refused.id(), good.id());
      assertNotNull(good.state());
      assertFalse(good.state().namespaces().isEmpty());
      run.hurryTwice();
      assertNull(run.mailbox.take(), "offered once");
    }
  }
}
