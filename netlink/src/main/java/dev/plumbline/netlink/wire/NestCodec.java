// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

/** A codec whose attribute holds attributes again. */
interface NestCodec<T> extends AttributeCodec<T> {}
