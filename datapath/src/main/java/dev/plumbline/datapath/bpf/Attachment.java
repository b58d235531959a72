// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

/**
 * A program of ours on a hook.
 *
 * @param programId the kernel's number of it
 */
public record Attachment(Hook hook, int programId) {}
