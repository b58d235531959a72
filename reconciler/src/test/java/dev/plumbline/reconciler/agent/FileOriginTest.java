// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which changes of files are seen, although files that did not change are not read again. */
class FileOriginTest {
  /** Until then it cannot be told whether a file has changed once more, and it is read again. */
  private static final long SETTLED_MILLIS = 1_500;

  @TempDir private Path directory;
  private final Mailbox mailbox = new Mailbox(() -> {});
  private FileOrigin origin;

  @BeforeEach
  void host() throws IOException {
    write("include: [base.yaml]\n");
    base("mtu: 1400");
  }

  @AfterEach
  void close() {
    origin.close();
  }

  private void write(String head) throws IOException {
    AgentRun.write(directory.resolve("host.yaml"), head + "version: 1\n");
  }

  private void base(String field) throws IOException {
    AgentRun.write(directory.resolve("base.yaml"), "interfaces: {eth0: {" + field + "}}\n");
  }

  private Candidate started() throws Exception {
    origin =
        new FileOrigin(
            directory.resolve("host.yaml"),
            "alpha",
            Duration.ofMillis(100),
            null,
            new AgentLog(line -> {}, false));
    origin.start(mailbox);
    return next();
  }

  private Candidate next() throws Exception {
    List<Candidate> taken = new ArrayList<>();
    AgentRun.eventually(
        "a candidate",
        () -> {
          try {
            Candidate one = mailbox.take();
            return one != null && taken.add(one);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    return taken.get(0);
  }

  @Test
  void aFileOfTheSameSizeWithTheOldTimeIsSeen() throws Exception {
    Candidate first = started();
    assertNotNull(first.state(), () -> first.problems().toString());
    Thread.sleep(SETTLED_MILLIS);
    assertNull(mailbox.take(), "nothing has changed");
    Path base = directory.resolve("base.yaml");
    FileTime old = Files.getLastModifiedTime(base);
    base("mtu: 1401");
    Files.setLastModifiedTime(base, old);
    Candidate second = next();
    assertNotEquals(first.id(), second.id());
    base("mtu: 1400"); // at once
    assertEquals(first.id(), next().id());
  }

  @Test
  void anIncludeThatGoesAndComesIsSeen() throws Exception {
    Candidate first = started();
    Path base = directory.resolve("base.yaml");
    Files.move(base, directory.resolve("away"));
    Candidate broken = next();
    assertNull(broken.state());
    assertTrue(broken.problems().get(0).contains("base.yaml"), broken.problems()::toString);
    Thread.sleep(SETTLED_MILLIS);
    Files.move(directory.resolve("away"), base);
    assertEquals(first.id(), next().id());
  }

  /** As Kubernetes puts a new ConfigMap in the place of the old one. */
  @Test
  void aLinkThatLeadsElsewhereIsSeen() throws Exception {
    Path base = directory.resolve("base.yaml");
    Files.createDirectories(directory.resolve("1"));
    Files.createDirectories(directory.resolve("2"));
    Files.move(base, directory.resolve("1/base.yaml"));
    base("mtu: 1401");
    Files.move(base, directory.resolve("2/base.yaml"));
    Files.createSymbolicLink(directory.resolve("now"), Path.of("1"));
    Files.createSymbolicLink(base, Path.of("now/base.yaml"));
    Candidate first = started();
    Thread.sleep(SETTLED_MILLIS);
    Path fresh = Files.createSymbolicLink(directory.resolve("next"), Path.of("2"));
    Files.move(fresh, directory.resolve("now"), StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(first.id(), next().id());
  }
}
