// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Requests;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@KernelTest
class NetNamespaceTest {
  @Test
  void iproute2ListsEntersAndDeletesOurs() throws IOException {
    assertEquals(List.of(), NetNamespace.list());
    try (NetNamespace made = NetNamespace.create("web")) {
      assertEquals("web", Sh.run("ip netns list").strip());
      String inode = Sh.run("ip netns exec web readlink /proc/self/ns/net").strip();
      assertEquals("net:[" + made.inode() + "]", inode);
    }
    Sh.run("ip netns delete web");
    assertEquals(List.of(), NetNamespace.list());
    assertFalse(Files.exists(Path.of("/run/netns/web")));
  }

  @Test
  void weListEnterAndDeleteThoseOfIproute2() throws Exception {
    Sh.run("ip netns add b; ip netns add a; ip -n a link add br0 type bridge");
    assertEquals(List.of("a", "b"), NetNamespace.list());
    try (NetNamespace a = NetNamespace.named("a")) {
      assertTrue(a.run(() -> Sh.run("ip -br link")).contains("br0"));
    }
    NetNamespace.delete("a");
    assertEquals("b", Sh.run("ip netns list").strip());
    assertFalse(Sh.run("cat /proc/self/mountinfo").contains("/run/netns/a"));
  }

  @Test
  void theDirectoryBecomesASharedMountOnceWhoeverComesFirst() throws IOException {
    Sh.run("umount /run/netns; mount -t tmpfs none /run; mkdir /run/netns");
    int before = mounts().size();
    NetNamespace.create("one").close();
    Sh.run("ip netns add two");
    NetNamespace.create("three").close();
    isMountedOnceMoreAndShared(before);
  }

  @Test
  void aDirectoryThatIsNoMountIsMadeOne() throws IOException {
    Sh.run("umount /run/netns; mount -t tmpfs none /run"); // a /run in which nobody has made a
    // namespace
    int before = mounts().size();
    NetNamespace.create("one").close();
    assertEquals("one", Sh.run("ip netns list").strip());
    isMountedOnceMoreAndShared(before);
  }

  @Test
  void aMachineWhoseOwnDirectoryIsAMountMakesNoDifference() throws IOException {
    Sh.run("umount /run/netns; mount --bind /run/netns /run/netns; mount -t tmpfs t /run/netns");
    theDirectoryBecomesASharedMountOnceWhoeverComesFirst();
  }

  /** All that is mounted on the directory, what the topmost hides included. */
  private static List<String> mounts() {
    return Sh.run("cat /proc/self/mountinfo")
        .lines()
        .filter(line -> line.contains(" /run/netns "))
        .toList();
  }

  private static void isMountedOnceMoreAndShared(int before) {
    List<String> mounts = mounts();
    assertEquals(before + 1, mounts.size(), mounts.toString());
    assertTrue(mounts.get(before).contains(" shared:"), mounts.toString());
  }

  @Test
  void aNameThatIsTakenIsRefusedAndKept() throws IOException {
    NetNamespace.create("web").close();
    ErrnoException e = assertThrows(ErrnoException.class, () -> NetNamespace.create("web"));
    assertEquals(Errno.EEXIST, e.errno());
    assertEquals(List.of("web"), NetNamespace.list());
  }

  @Test
  void namesThatLeadElsewhereAreRefused() {
    for (String name : List.of("", ".", "..", "a/b", "../../etc/x", "a\0b", "x".repeat(255))) {
      assertThrows(IllegalArgumentException.class, () -> NetNamespace.create(name));
      assertThrows(IllegalArgumentException.class, () -> NetNamespace.named(name));
      assertThrows(IllegalArgumentException.class, () -> NetNamespace.delete(name));
    }
  }

  @Test
  void aMissingNameAndAFileThatIsNoNamespaceAreTold() throws IOException {
    assertThrows(NoSuchFileException.class, () -> NetNamespace.named("none"));
    assertThrows(NoSuchFileException.class, () -> NetNamespace.delete("none"));
    Sh.run("touch /run/netns/half");
    IOException e = assertThrows(IOException.class, () -> NetNamespace.named("half"));
    assertEquals("/run/netns/half is no namespace", e.getMessage());
    NetNamespace.delete("half");
    assertEquals(List.of(), NetNamespace.list());
  }

  @Test
  void aNoteIsReadWhereARemovalWasBrokenOff() throws IOException {
    NetNamespace.create("web", "made by me", () -> {}).close();
    ErrnoException whole = assertThrows(ErrnoException.class, () -> NetNamespace.note("web"));
    assertEquals(Errno.EINVAL, whole.errno());
    Sh.run("umount /run/netns/web");
    assertEquals("made by me", NetNamespace.note("web"));
    NetNamespace.delete("web");
    ErrnoException gone = assertThrows(ErrnoException.class, () -> NetNamespace.note("web"));
    assertEquals(Errno.ENOENT, gone.errno());
    Sh.run("touch /run/netns/other");
    assertEquals("", NetNamespace.note("other"));
    assertThrows(
        IllegalArgumentException.class,
        () -> NetNamespace.create("long", "x".repeat(1025), () -> {}));
    assertEquals(List.of("other"), NetNamespace.list());
  }

  @Test
  void theThreadComesBackAfterAFailure() throws Exception {
    try (NetNamespace home = NetNamespace.current();
        NetNamespace scratch = NetNamespace.scratch()) {
      assertNotEquals(home, scratch);
      assertThrows(
          FileAlreadyExistsException.class,
          () ->
              scratch.run(
                  () -> {
                    assertEquals(scratch, current());
                    throw new FileAlreadyExistsException("x");
                  }));
      assertEquals(home, current());
    }
  }

  @Test
  void aSocketStaysInTheNamespaceItWasOpenedIn() throws Exception {
    try (NetNamespace scratch = NetNamespace.scratch();
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, scratch)) {
      Sh.run("ip link add here type bridge");
      assertEquals(1, socket.dump(Requests.dumpLinks(), message -> message).size());
    }
  }

  @Test
  void aThousandHandlesAndVisitsLeaveNoDescriptor() throws Exception {
    NetNamespace.create("web").close();
    Sh.run("touch /run/netns/half");
    long before = namespaceDescriptors();
    for (int i = 0; i < 1_000; i++) {
      try (NetNamespace web = NetNamespace.named("web");
          NetNamespace here = NetNamespace.current()) {
        assertNotEquals(here.inode(), web.run(NetNamespaceTest::current).inode());
      }
      assertThrows(IOException.class, () -> NetNamespace.named("half"));
      assertThrows(ErrnoException.class, () -> NetNamespace.create("web"));
    }
    assertEquals(before, namespaceDescriptors());
  }

  /** Open descriptors of this JVM that are namespaces, or files that were taken for some. */
  private static long namespaceDescriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.filter(NetNamespaceTest::isNamespace).count();
    }
  }

  private static boolean isNamespace(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("net:") || target.startsWith("/run/netns");
    } catch (IOException e) {
      return false; // that of the directory itself
    }
  }

  @Test
  void aClosedHandleIsRefused() throws IOException {
    NetNamespace scratch = NetNamespace.scratch();
    scratch.close();
    scratch.close();
    assertThrows(IllegalStateException.class, () -> scratch.run(() -> 1));
  }

  private static NetNamespace current() throws IOException {
    try (NetNamespace current = NetNamespace.current()) {
      return current;
    }
  }
}
