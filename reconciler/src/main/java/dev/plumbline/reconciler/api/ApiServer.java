// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on the socket {@code agent.sock} of a run directory: for root alone (mode 0600), or for
 * a group as well (0660), whose members may read; and with TCP where that is asked for.
 */
public final class ApiServer implements AutoCloseable {
  /** A plan of ten thousand changes has some megabytes. */
  private static final int LONGEST_BYTES = 64 << 20;

  /** Of the first line, in which some ten thousand flows can be named. */
  private static final int LONGEST_LINE = 4 << 20;

  private static final int MOST_HEADERS = 8 << 10;

  /** What a reader of lines may leave unread: more than all that is remembered. */
  static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(4 << 20, 8 << 20);

  private final EventLoopGroup group;
  private final Path socket;
  private final @Nullable TcpListener listener;

  private ApiServer(EventLoopGroup group, Path socket, @Nullable TcpListener listener) {
    this.group = group;
    this.socket = socket;
    this.listener = listener;
  }

  /** Where the socket of a run directory is. */
  static Path socket(Path runDirectory) {
    return runDirectory.resolve("agent.sock");
  }

  /**
   * Listens on the Unix socket.
   *
   * @throws IOException if another agent does so already, there is no such group, or the directory
   *     cannot be written
   */
  public static ApiServer open(Path runDirectory, ApiOptions options, ApiHandler handler)
      throws IOException {
    Files.createDirectories(
        runDirectory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (AgentClient.find(runDirectory) != null) {
      throw new IOException(
          "another agent uses the run directory "
              + runDirectory
              + ": stop it, or give this one another by --run");
    }
    GroupPrincipal readers = readers(runDirectory, options.group());
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    boolean done = false;
    try {
      Path socket = socket(runDirectory);
      // Nobody finds it before it is for those alone who may.
      Path fresh = runDirectory.resolve("agent.new");
      Files.deleteIfExists(fresh);
      listen(group, fresh, handler, new PeerAccess(readers != null));
      if (readers != null) {
        posix(fresh).setGroup(readers);
      }
      Files.setPosixFilePermissions(
          fresh, PosixFilePermissions.fromString(readers == null ? "rw-------" : "rw-rw----"));
      Files.move(
          fresh, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      done = true;
      return new ApiServer(
          group,
          socket,
          options.listen() == null ? null : new TcpListener(group, options, handler));
    } finally {
      if (!done) {
        end(group);
      }
    }
  }

  /**
   * Lets a group pass the run directory, and no more: what else is in it is root's.
   *
   * @return null for no group
   */
  private static @Nullable GroupPrincipal readers(Path runDirectory, @Nullable String name)
      throws IOException {
    if (name == null) {
      return null;
    }
    GroupPrincipal group;
    try {
      group =
          runDirectory
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("--api-group: there is no group " + name, e);
    }
    posix(runDirectory).setGroup(group);
    Set<PosixFilePermission> mode = EnumSet.copyOf(Files.getPosixFilePermissions(runDirectory));
    mode.add(PosixFilePermission.GROUP_EXECUTE);
    Files.setPosixFilePermissions(runDirectory, mode);
    return group;
  }

  private static PosixFileAttributeView posix(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class);
  }

  /** Begins to listen with TCP, if that is asked for; the address may come to the host later. */
  public void listen() {
    if (listener != null) {
      listener.start();
    }
  }

  /** Where it listens. */
  public Path socket() {
    return socket;
  }

  private static void listen(EventLoopGroup group, Path at, ApiHandler handler, Access access)
      throws IOException {
    try {
      new ServerBootstrap()
          .group(group)
          .channel(NioServerDomainSocketChannel.class)
          .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel
                      .pipeline()
                      .addLast(new HttpServerCodec(LONGEST_LINE, MOST_HEADERS, MOST_HEADERS))
                      .addLast(new HttpObjectAggregator(LONGEST_BYTES))
                      .addLast(new ApiExchange(handler, access, null));
                }
              })
          .bind(UnixDomainSocketAddress.of(at))
          .syncUninterruptibly();
    } catch (RuntimeException e) {
      throw new IOException("cannot listen on " + at + ": " + e.getMessage(), e);
    } catch (Exception e) {
      // Netty throws what the kernel said without declaring it.
      throw new IOException("cannot listen on " + at + ": " + e.getMessage(), e);
    }
  }

  private static void end(EventLoopGroup group) {
    boolean ended =
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    assert ended;
  }

  @Override
  public void close() throws IOException {
    end(group);
    Files.deleteIfExists(socket);
  }
}
