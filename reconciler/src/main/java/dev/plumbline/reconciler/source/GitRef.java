// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Repository;

/** What of a repository is followed. */
public sealed interface GitRef {
  /** What a server is asked for: a reference's full name, or a commit's. */
  String remote();

  /** A branch; its newest commit is taken. */
  record Branch(String name) implements GitRef {
    public Branch {
      check("branch", name, "refs/heads/" + name);
    }

    @Override
    public String remote() {
      return "refs/heads/" + name;
    }

    @Override
    public String toString() {
      return "branch " + name;
    }
  }

  /** A tag, annotated or not; the commit it leads to is taken, also if it is moved later. */
  record Tag(String name) implements GitRef {
    public Tag {
      check("tag", name, "refs/tags/" + name);
    }

    @Override
    public String remote() {
      return "refs/tags/" + name;
    }

    @Override
    public String toString() {
      return "tag " + name;
    }
  }

  /** One commit, by all its 40 digits: a server cannot be asked for less. */
  record Commit(String id) implements GitRef {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}");

    public Commit {
      if (!ID.matcher(id).matches()) {
        throw new IllegalArgumentException(
            "`" + id + "` cannot be a commit: all its 40 hexadecimal digits are needed");
      }
    }

    @Override
    public String remote() {
      return id;
    }

    @Override
    public String toString() {
      return "commit " + id;
    }
  }

  private static void check(String kind, String name, String reference) {
    if (!Repository.isValidRefName(reference)) {
      throw new IllegalArgumentException("`" + name + "` cannot be a " + kind + "'s name");
    }
  }
}
