// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

/** How {@code plan} prints its result. */
enum OutputFormat {
  text,
  json,
  markdown
}
