// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are sent together. All are written before the first is sent, so that one that
 * cannot be written has no half of the batch done; then they go out in chunks, and the
 * acknowledgements are matched by sequence number.
 */
final class Batch {
  private final List<? extends Request> requests;
  private final MessageWriter writer = new MessageWriter();
  private final int firstSequence;
  private final int[] ends;
  private final @Nullable Result[] results;
  private final @Nullable List<Message>[] replies;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
  Batch(List<? extends Request> requests, int firstSequence) {
    this.requests = requests;
    this.firstSequence = firstSequence;
    this.ends = new int[requests.size()];
    this.results = new Result[requests.size()];
    this.replies = new List[requests.size()];
    for (int i = 0; i < ends.length; i++) {
      Request request = requests.get(i);
      int flags = request.flags() | NetlinkFormat.NLM_F_REQUEST | NetlinkFormat.NLM_F_ACK;
      writer.begin(request.type(), flags, firstSequence + i);
      request.write(writer);
      writer.end();
      ends[i] = writer.size();
    }
  }

  List<Result> run(Transport transport) {
    int from = 0;
    while (from < ends.length) {
      int to = chunkEnd(from, transport);
      exchange(from, to, transport);
      from = to;
    }
    List<Result> all = new ArrayList<>(results.length);
    for (Result result : results) {
      if (result == null) {
        throw new IllegalStateException("a request without result");
      }
      all.add(result);
    }
    return all;
  }

  private int chunkEnd(int from, Transport transport) {
    int to = from + 1;
    while (to < ends.length
        && to - from < transport.requestLimit()
        && ends[to] - start(from) <= transport.sendLimitBytes()) {
      to++;
    }
    return to;
  }

  private void exchange(int from, int to, Transport transport) {
    try {
      transport.send(writer.written().limit(ends[to - 1]).position(start(from)));
    } catch (ErrnoException e) {
      failRest(from, to, e.errno()); // nothing of the chunk was handled
      return;
    }
    int pending = to - from;
    int overrun = 0;
    while (pending > 0) {
      try {
        // After an overrun some acknowledgements will never come; those that will are there
        // already.
        pending -= take(new Frame(transport.receive(overrun == 0)), from, to);
      } catch (ErrnoException e) {
        if (e.errno() == Errno.ENOBUFS) {
          overrun = e.errno();
        } else {
          failRest(from, to, overrun == 0 ? e.errno() : overrun);
          return;
        }
      }
    }
  }

  /** Takes a datagram's messages; how many requests were acknowledged by it. */
  private int take(Frame frame, int from, int to) {
    int acknowledged = 0;
    while (frame.next()) {
      int index = frame.sequence() - firstSequence;
      if (index < from || index >= to || results[index] != null) {
        continue; // an answer to an exchange that was given up before
      }
      if (frame.type() == NetlinkFormat.NLMSG_ERROR) {
        NetlinkException failure =
            Acknowledgement.read(frame, requests.get(index), writer, start(index));
        List<Message> before = replies[index];
        boolean plain = failure == null && before == null;
        results[index] =
            plain ? Result.DONE : new Result(before == null ? List.of() : before, failure);
        acknowledged++;
      } else {
        List<Message> before = replies[index];
        if (before == null) {
          before = new ArrayList<>(1);
          replies[index] = before;
        }
        before.add(frame.copiedMessage());
      }
    }
    return acknowledged;
  }

  private void failRest(int from, int to, int errno) {
    for (int i = from; i < to; i++) {
      if (results[i] == null) {
        results[i] =
            new Result(List.of(), new NetlinkException(requests.get(i).description(), errno));
      }
    }
  }

  private int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }
}
