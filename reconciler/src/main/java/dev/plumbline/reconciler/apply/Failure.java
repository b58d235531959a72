// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

/**
 * A step that failed.
 *
 * @param address the step's address in the file
 * @param resource the resource, as people name it
 * @param message what was asked, and what the kernel said: errno and its own words
 */
public record Failure(String address, String resource, String message) {
  @Override
  public String toString() {
    return address + ": " + message;
  }
}
