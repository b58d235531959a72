// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.netlink.libc.Libc;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * On the Unix socket: root, and who the agent runs as, may do all, as the kernel knows the other
 * end (SO_PEERCRED, unix(7)). Where a group may read, the socket's mode (0660) has let its members
 * in alone, the supplementary ones too, which SO_PEERCRED does not tell.
 */
final class PeerAccess implements Access {
  private static final ChannelOption<UnixDomainPrincipal> PEER =
      NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED);

  private final boolean groupReads;
  private final Set<UserPrincipal> masters;

  /**
   * @param groupReads whether a group may read
   */
  PeerAccess(boolean groupReads) throws IOException {
    this.groupReads = groupReads;
    // By number: whatever the name is, it is the same user.
    var users = FileSystems.getDefault().getUserPrincipalLookupService();
    UserPrincipal self = users.lookupPrincipalByName(Integer.toString(Libc.geteuid()));
    UserPrincipal root = users.lookupPrincipalByName("0");
    this.masters = self.equals(root) ? Set.of(root) : Set.of(root, self);
  }

  @Override
  public @Nullable Refusal refusal(Channel channel, HttpRequest request, Need need) {
    Refusal foreign = OwnPage.refusal(request);
    if (foreign != null) {
      return foreign;
    }
    UserPrincipal user = channel.config().getOption(PEER).user();
    if (masters.contains(user) || (groupReads && need != Need.CHANGE)) {
      return null;
    }
    return new Refusal(
        HttpResponseStatus.FORBIDDEN,
        groupReads
            ? "user " + user.getName() + " may read, and only root may change anything"
            : "user " + user.getName() + " may not ask this agent: only root may");
  }
}
