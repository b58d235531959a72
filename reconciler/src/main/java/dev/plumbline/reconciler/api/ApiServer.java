// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1 on the socket {@code agent.sock} of a run directory, for root alone (mode 0600). */
public final class ApiServer implements AutoCloseable {
  /** A plan of ten thousand changes has some megabytes. */
  private static final int LONGEST_BYTES = 64 << 20;

  private final EventLoopGroup group;
  private final Path socket;

  private ApiServer(EventLoopGroup group, Path socket) {
    this.group = group;
    this.socket = socket;
  }

  /** Where the socket of a run directory is. */
  static Path socket(Path runDirectory) {
    return runDirectory.resolve("agent.sock");
  }

  /**
   * Listens.
   *
   * @throws IOException if another agent does so already, or the directory cannot be written
   */
  public static ApiServer open(Path runDirectory, ApiHandler handler) throws IOException {
    Files.createDirectories(
        runDirectory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (AgentClient.find(runDirectory) != null) {
      throw new IOException(
          "another agent uses the run directory "
              + runDirectory
              + ": stop it, or give this one another by --run");
    }
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    boolean done = false;
    try {
      Path socket = socket(runDirectory);
      // Nobody finds it before it is for root alone.
      Path fresh = runDirectory.resolve("agent.new");
      Files.deleteIfExists(fresh);
      listen(group, fresh, handler);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(
          fresh, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      done = true;
      return new ApiServer(group, socket);
    } finally {
      if (!done) {
        end(group);
      }
    }
  }

  /** Where it listens. */
  public Path socket() {
    return socket;
  }

  private static void listen(EventLoopGroup group, Path at, ApiHandler handler) throws IOException {
    try {
      new ServerBootstrap()
          .group(group)
          .channel(NioServerDomainSocketChannel.class)
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel
                      .pipeline()
                      .addLast(new HttpServerCodec())
                      .addLast(new HttpObjectAggregator(LONGEST_BYTES))
                      .addLast(new ApiExchange(handler));
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
