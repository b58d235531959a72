// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.GroupText;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads flows and groups whose ports are named into their normal form. Ports have numbers here for
 * as long as it takes, which are no port's.
 */
public final class NamedFlows {
  /** Port names as they come, or those of a bridge alone. */
  private static final class Names implements PortNames {
    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final boolean takesAny;

    Names(Collection<String> known, boolean takesAny) {
      this.names = new ArrayList<>(known);
      this.takesAny = takesAny;
      for (int i = 0; i < names.size(); i++) {
        numbers.put(names.get(i), i + 1);
      }
    }

    @Override
    public int number(String name) {
      Integer number = numbers.get(name);
      if (number == null && takesAny) {
        names.add(name);
        number = names.size();
        numbers.put(name, number);
      }
      return number == null ? -1 : number;
    }

    @Override
    public @Nullable String name(int number) {
      return number >= 1 && number <= names.size() ? names.get(number - 1) : null;
    }

    @Override
    public boolean areNamed() {
      return true;
    }
  }

  /**
   * A flow, read.
   *
   * @param parsed with ports' numbers that mean something here alone
   * @param config in its normal form
   */
  public record Read(Flow parsed, FlowConfig config) {}

  /** So many flows are read by all processors: one alone takes half a second for 100,000. */
  static final int MANY = 2_000;

  private final Names names;

  private NamedFlows(Names names) {
    this.names = names;
  }

  /** For a bridge with these ports, and no others. */
  public static NamedFlows of(Collection<String> ports) {
    return new NamedFlows(new Names(ports, false));
  }

  /** For a bridge whose ports are not known: any name may be one. */
  public static NamedFlows ofAny() {
    return new NamedFlows(new Names(List.of(), true));
  }

  /**
   * Reads a flow.
   *
   * @throws FlowSyntaxException it is none, names no port of the bridge, or needs what the switch
   *     does not have
   */
  public FlowConfig read(String text) throws FlowSyntaxException {
    return config(parse(text));
  }

  /**
   * Reads flows, in their order.
   *
   * @throws IllegalArgumentException of the first that cannot be {@linkplain #read read}: its text,
   *     the column, and what is wrong
   */
  public List<Read> readAll(List<String> texts) {
    return names.takesAny
        ? texts.stream().map(this::readOne).toList()
        : inOrder(texts, this::readOne);
  }

  /**
   * What each becomes, in their order; of many by all processors.
   *
   * @param reader may be called by several threads
   * @throws IllegalArgumentException what it throws for the first that it cannot read
   */
  static <T, R> List<R> inOrder(Collection<T> all, Function<T, R> reader) {
    if (all.size() >= MANY) {
      try {
        return all.parallelStream().map(reader).toList();
      } catch (IllegalArgumentException e) {
        // Read once more, for the first one is to be named, whoever came upon one first.
      }
    }
    return all.stream().map(reader).toList();
  }

  private Read readOne(String text) {
    try {
      Flow parsed = parse(text);
      return new Read(parsed, config(parsed));
    } catch (FlowSyntaxException e) {
      throw new IllegalArgumentException(
          text + ": column " + e.column() + ": " + e.getMessage(), e);
    }
  }

  /** What {@link #parse} gave, in its normal form. */
  public FlowConfig config(Flow flow) {
    return new FlowConfig(
        flow.table(),
        flow.priority(),
        FlowText.printMatch(flow, names),
        FlowText.printActions(flow, names),
        flow.cookie(),
        flow.idleTimeoutSeconds(),
        flow.hardTimeoutSeconds());
  }

  /** The same as a flow, whose ports' numbers mean something here alone. */
  public Flow parse(String text) throws FlowSyntaxException {
    return FlowText.parse(text, names);
  }

  /**
   * Reads a group, with such numbers.
   *
   * @throws FlowSyntaxException it is none, names no port of the bridge, or needs what the switch
   *     does not have
   */
  public FlowGroup parseGroup(String text) throws FlowSyntaxException {
    return GroupText.parse(text, names);
  }

  /** What {@link #parseGroup} gave, in its normal form. */
  public GroupConfig config(FlowGroup group) {
    return new GroupConfig(
        group.id(), group.type().toString(), GroupText.printBuckets(group, names));
  }
}
