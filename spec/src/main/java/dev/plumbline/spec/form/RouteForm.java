// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.NextHop;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.model.RouteScope;
import dev.plumbline.spec.model.RouteType;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Routes. */
final class RouteForm {
  private static final String DEFAULT = "default";

  private RouteForm() {}

  static @Nullable Route read(Fields fields) {
    IpAddress via = fields.ip("via");
    IpAddress source = fields.ip("source");
    List<NextHop> nextHops = fields.list("nextHops", RouteForm::nextHop);
    Prefix to =
        DEFAULT.equals(fields.text("to"))
            ? Prefix.any(familyOf(via, source, nextHops))
            : fields.network("to");
    Long table = fields.looseValue("table", Tables::parse);
    if (to == null) {
      return null;
    }
    return new Route(
        to,
        via,
        fields.text("dev"),
        DeviceForm.namespace(fields),
        table,
        fields.number("metric"),
        fields.choice("scope", RouteScope.values()),
        fields.choice("type", RouteType.values()),
        source,
        fields.flag("onlink"),
        fields.integer("mtu"),
        fields.integer("advmss"),
        fields.integer("initcwnd"),
        fields.integer("initrwnd"),
        fields.integer("hopLimit"),
        nextHops);
  }

  /** What {@code default} means: the family of the first address of the route, else IPv4. */
  private static IpFamily familyOf(
      @Nullable IpAddress via, @Nullable IpAddress source, List<NextHop> nextHops) {
    return Stream.concat(nextHops.stream().map(NextHop::via), Stream.of(via, source))
        .filter(Objects::nonNull)
        .findFirst()
        .map(IpAddress::family)
        .orElse(IpFamily.IPV4);
  }

  private static NextHop nextHop(Fields fields) {
    return new NextHop(
        fields.ip("via"), fields.text("dev"), fields.integer("weight"), fields.flag("onlink"));
  }

  static Tree write(Route route) {
    boolean isDefault =
        route.to().equals(Prefix.any(familyOf(route.via(), route.source(), route.nextHops())));
    Tree tree =
        new Tree()
            .put("to", isDefault ? DEFAULT : route.to().toString())
            .put("via", route.via())
            .put("dev", route.dev())
            .putUnless("", "namespace", route.namespace())
            .put("table", route.table())
            .put("metric", route.metric())
            .put("scope", route.scope())
            .put("type", route.type())
            .put("source", route.source())
            .put("onlink", route.onlink())
            .put("mtu", route.mtu())
            .put("advmss", route.advmss())
            .put("initcwnd", route.initcwnd())
            .put("initrwnd", route.initrwnd())
            .put("hopLimit", route.hopLimit());
    if (!route.nextHops().isEmpty()) {
      tree.put("nextHops", route.nextHops().stream().map(RouteForm::write).toList());
    }
    return tree;
  }

  private static Object write(NextHop hop) {
    return new Tree()
        .put("via", hop.via())
        .put("dev", hop.dev())
        .put("weight", hop.weight())
        .put("onlink", hop.onlink())
        .map();
  }
}
