// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** How many webhooks came, by what became of them. Safe for any thread. */
final class HookCounts {
  final AtomicLong accepted = new AtomicLong();
  final AtomicLong ignored = new AtomicLong();
  final AtomicLong refused = new AtomicLong();

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("accepted", accepted.get());
    tree.put("ignored", ignored.get());
    tree.put("refused", refused.get());
    return tree;
  }
}
