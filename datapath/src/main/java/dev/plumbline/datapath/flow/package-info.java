// SPDX-License-Identifier: Apache-2.0
/**
 * What a packet looks like to the switch and what is done with it: {@link FlowKey}, {@link
 * FlowMask}, {@link ActionList}. Their bytes are those of {@code src/main/bpf/flow.h}. Nothing here
 * is safe for use by several threads.
 */
@NullMarked
package dev.plumbline.datapath.flow;

import org.jspecify.annotations.NullMarked;
