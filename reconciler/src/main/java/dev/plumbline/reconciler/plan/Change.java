// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a plan. */
public sealed interface Change {

  /** Where the file names it: {@code bridges.br0}; unique within a plan. */
  String address();

  Action action();

  /** The resource the step leaves behind, or for a deletion the one it removes. */
  ResourceId id();

  /** What is there before the step; null where it makes something new. */
  default @Nullable Resource before() {
    return null;
  }

  /** What is there after the step; null where it removes something. */
  default @Nullable Resource after() {
    return null;
  }

  /** The fields that change, in the order in which they are best read. */
  List<FieldChange> fields();

  /** Addresses of the changes that must be done before this one. */
  List<String> waitsFor();

  Disruption disruption();

  /** The same change with its place in the order filled in. */
  Change waitingFor(List<String> addresses);

  /** Makes a resource that is not there. */
  record Create(String address, Resource wanted, List<String> waitsFor, Disruption disruption)
      implements Change {
    public Create {
      waitsFor = List.copyOf(waitsFor);
    }

    @Override
    public Action action() {
      return Action.CREATE;
    }

    @Override
    public Resource after() {
      return wanted;
    }

    @Override
    public ResourceId id() {
      return wanted.id();
    }

    @Override
    public List<FieldChange> fields() {
      List<FieldChange> fields = new ArrayList<>();
      wanted
          .fields()
          .forEach(
              (name, value) -> {
                if (!value.isEmpty()) {
                  fields.add(new FieldChange(name, "", value));
                }
              });
      return fields;
    }

    @Override
    public Create waitingFor(List<String> addresses) {
      return new Create(address, wanted, addresses, disruption);
    }
  }

  /** Changes a resource where it is; the only change after which its identity may differ. */
  record Modify(
      String address,
      Resource live,
      Resource wanted,
      List<FieldChange> fields,
      List<String> waitsFor,
      Disruption disruption)
      implements Change {
    public Modify {
      fields = List.copyOf(fields);
      waitsFor = List.copyOf(waitsFor);
    }

    @Override
    public Action action() {
      return Action.MODIFY;
    }

    @Override
    public Resource before() {
      return live;
    }

    @Override
    public Resource after() {
      return wanted;
    }

    @Override
    public ResourceId id() {
      return wanted.id();
    }

    /** Whether the field of this name changes. */
    public boolean changes(String field) {
      return fields.stream().anyMatch(change -> change.name().equals(field));
    }

    @Override
    public Modify waitingFor(List<String> addresses) {
      return new Modify(address, live, wanted, fields, addresses, disruption);
    }
  }

  /** Removes a resource and makes it anew, for the kernel can not change it. */
  record Recreate(
      String address,
      Resource live,
      Resource wanted,
      List<FieldChange> fields,
      List<String> waitsFor,
      Disruption disruption)
      implements Change {
    public Recreate {
      fields = List.copyOf(fields);
      waitsFor = List.copyOf(waitsFor);
    }

    @Override
    public Action action() {
      return Action.RECREATE;
    }

    @Override
    public Resource before() {
      return live;
    }

    @Override
    public Resource after() {
      return wanted;
    }

    @Override
    public ResourceId id() {
      return wanted.id();
    }

    @Override
    public Recreate waitingFor(List<String> addresses) {
      return new Recreate(address, live, wanted, fields, addresses, disruption);
    }
  }

  /**
   * Removes a resource.
   *
   * @param implied true where the kernel removes it along with another one that the plan removes
   */
  record Delete(
      String address, Resource live, boolean implied, List<String> waitsFor, Disruption disruption)
      implements Change {
    public Delete {
      waitsFor = List.copyOf(waitsFor);
    }

    @Override
    public Action action() {
      return Action.DELETE;
    }

    @Override
    public Resource before() {
      return live;
    }

    @Override
    public ResourceId id() {
      return live.id();
    }

    @Override
    public List<FieldChange> fields() {
      return List.of();
    }

    @Override
    public Delete waitingFor(List<String> addresses) {
      return new Delete(address, live, implied, addresses, disruption);
    }
  }
}
