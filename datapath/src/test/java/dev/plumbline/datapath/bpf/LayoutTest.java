// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares what Java believes with the types that the compiler has put into the objects. */
class LayoutTest {
  private static final Pattern DEFINITION =
      Pattern.compile("(?m)^#define (\\w+) (0x[0-9a-fA-F]+|\\d+)\\b");

  private static final Pattern STRUCTURE = Pattern.compile("(?m)^struct (\\w+) \\{");
  private static final Path HEADER = Path.of("src/main/bpf/flow.h");

  /** Has every type of flow.h. */
  private static Btf fixture() throws IOException {
    return Fixture.spec().btf();
  }

  @Test
  void structuresAreAsInTheHeader() throws IOException {
    Map<String, Btf.Structure> structures = fixture().structures();
    for (Class<?> type : Layout.class.getDeclaredClasses()) {
      String name = snakeCase(type.getSimpleName());
      assertEquals(described(structures, name), numbers(type), "struct " + name);
    }
  }

  @Test
  void everyStructureOfTheHeaderIsThere() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (MatchResult match : STRUCTURE.matcher(Files.readString(HEADER)).results().toList()) {
      expected.add(match.group(1));
    }
    Set<String> actual = new TreeSet<>(Set.of("l2_key", "flow_key")); // FlowKey
    for (Class<?> type : Layout.class.getDeclaredClasses()) {
      actual.add(snakeCase(type.getSimpleName()));
    }
    assertEquals(expected, actual);
  }

  @Test
  void programsAreCompiledWithTheSameStructures() throws IOException {
    Map<String, Btf.Structure> fixture = fixture().structures();
    Map<String, Btf.Structure> programs =
        BpfObject.resource(Layout.class, "switch.bpf.o").btf().structures();
    for (String name : new String[] {"l2_key", "flow_key", "flow", "egress", "slot"}) {
      assertNotNull(programs.get(name), name);
    }
    for (Map.Entry<String, Btf.Structure> one : fixture.entrySet()) {
      Btf.Structure other = programs.get(one.getKey());
      if (other != null && !one.getKey().isEmpty()) {
        assertEquals(one.getValue(), other, "struct " + one.getKey());
      }
    }
  }

  @Test
  void flowKeyIsAsInTheHeader() throws IOException {
    Map<String, Btf.Structure> structures = fixture().structures();
    Btf.Structure key = structures.get("flow_key");
    Btf.Structure layer2 = structures.get("l2_key");
    assertNotNull(key);
    assertNotNull(layer2);
    assertEquals(FlowKey.BYTES, key.bytes());
    assertEquals(FlowKey.LAYER2_BYTES, layer2.bytes());
    for (FlowField field : FlowField.values()) {
      String member = field.name().toLowerCase(Locale.ROOT);
      Map<String, Integer> offsets = field.isLayer2() ? layer2.offsets() : key.offsets();
      assertEquals(offsets.get(member), field.offset(), member);
    }
    assertEquals(FlowKey.VLAN_PRESENT, Layout.VLAN_PRESENT);
  }

  @Test
  void numbersAreAsInTheHeader() throws IOException {
    Map<String, Integer> expected = new TreeMap<>(fixture().enumerators());
    for (MatchResult match : DEFINITION.matcher(Files.readString(HEADER)).results().toList()) {
      expected.put(match.group(1), Integer.decode(match.group(2)));
    }
    Map<String, Integer> actual = new TreeMap<>(numbers(Layout.class));
    for (ActionType type : ActionType.values()) {
      actual.put("ACTION_" + type.name(), type.code());
    }
    assertEquals(expected, actual);
  }

  private static Map<String, Integer> described(Map<String, Btf.Structure> all, String name) {
    Btf.Structure structure = all.get(name);
    assertNotNull(structure, "no struct " + name + ", only " + all.keySet());
    Map<String, Integer> result = new TreeMap<>();
    structure.offsets().forEach((member, at) -> result.put(member.toUpperCase(Locale.ROOT), at));
    result.remove("RESERVED");
    result.put("SIZE", structure.bytes());
    return result;
  }

  private static Map<String, Integer> numbers(Class<?> type) {
    Map<String, Integer> result = new TreeMap<>();
    for (Field field : type.getDeclaredFields()) {
      try {
        result.put(field.getName(), field.getInt(null));
      } catch (IllegalAccessException e) {
        throw new AssertionError(field.toString(), e);
      }
    }
    return result;
  }

  private static String snakeCase(String name) {
    return name.replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
