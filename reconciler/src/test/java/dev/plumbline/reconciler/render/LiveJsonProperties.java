// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LiveJsonProperties {
  @Property(tries = 300)
  void anyStateReadsBackEqual(@ForAll("states") LiveState live) throws IOException {
    String text = LiveJsonTest.write(live);
    LiveState back = LiveJson.read("s.json", new StringReader(text));
    assertEquals(live.host(), back.host());
    assertEquals(live.capabilities(), back.capabilities());
    assertEquals(live.byId(), back.byId());
    assertEquals(live.indexes(), back.indexes());
    Schemas.validates("live.schema.json", text);
  }

  @Provide
  Arbitrary<LiveState> states() {
    Arbitrary<Capabilities> capabilities =
        Combinators.combine(
                text().set().ofMaxSize(3),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false))
            .as(Capabilities::new);
    return Combinators.combine(text(), capabilities, resource().list().ofMaxSize(8))
        .as(LiveJsonProperties::state);
  }

  private static LiveState state(String host, Capabilities capabilities, List<Resource> resources) {
    Map<ResourceId, Integer> indexes = new HashMap<>();
    for (Resource resource : resources) {
      if (resource.id().type() == ResourceType.DEVICE) {
        indexes.put(resource.id(), 1 + indexes.size());
      }
    }
    return new LiveState(host, capabilities, resources, indexes);
  }

  private static Arbitrary<Resource> resource() {
    Arbitrary<String> none = Arbitraries.just("");
    Arbitrary<String> any = Arbitraries.oneOf(none, text());
    Arbitrary<ResourceId> id =
        Combinators.combine(Arbitraries.of(ResourceType.class), any, any, any).as(ResourceId::new);
    Arbitrary<Map<String, String>> fields = Arbitraries.maps(text(), any).ofMaxSize(4);
    return Combinators.combine(id, text().injectNull(0.5), fields)
        .as((key, owner, values) -> new Resource(key, owner, values));
  }

  /** Texts as a kernel may give them: anything at all. */
  private static Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8),
        Arbitraries.strings().withCharRange('\u0000', '\ud7ff').ofMinLength(1).ofMaxLength(8));
  }
}
