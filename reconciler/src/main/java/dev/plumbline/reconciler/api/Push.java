// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

/**
 * What a webhook tells, whose sender has proved that it knows the secret.
 *
 * @param sender GitHub, Gitea or GitLab, as it calls itself
 * @param event as the sender names it
 * @param ref the full name of the branch or tag; empty: it names none
 */
public record Push(String sender, String event, String ref) {
  /** Whether something was pushed, a tag included. */
  public boolean isPush() {
    return event.equals("push") || event.equals("Push Hook") || event.equals("Tag Push Hook");
  }
}
