/**
 * A test kit for code that changes the kernel's network: each test on a host of its own.
 *
 * <p>Term: a <b>throwaway host</b> is a new network namespace and a private mount namespace with an
 * empty {@code /run/netns}; to the code under test, on the test's thread, it is the host.
 *
 * <p>Threading: only the test's own thread, and threads and processes started from it, are on the
 * throwaway host. Threads of pools that exist already are not.
 */
package dev.plumbline.netlink.testing;
