// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.spec.form.StateForm;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.schema.FileSchema;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RoundTripProperties {
  @Property(tries = 1_000)
  void a_state_that_is_written_is_accepted_by_the_schema_and_reads_back_equal(@ForAll long seed) {
    DesiredState state = new RandomStates(new Random(seed)).state();
    String text = HostYaml.write(state);
    Problems problems = new Problems();
    YamlMap tree = (YamlMap) YamlReader.read("f", text.getBytes(StandardCharsets.UTF_8), problems);
    assertEquals(List.of(), problems.sorted(), text);
    FileSchema.HOST.validate(tree, problems);
    assertEquals(List.of(), problems.sorted(), text);
    DesiredState again = StateForm.read(tree, problems);
    assertEquals(List.of(), problems.sorted(), text);
    assertEquals(state, again, text);
    assertEquals(text, HostYaml.write(again), "the same state gives the same text");
  }
}
