// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/**
 * The arrows between modules and between this module's packages, all of them one-way. Methods, not
 * fields: Surefire passes over rules in fields without a word.
 */
@AnalyzeClasses(packages = "dev.plumbline", importOptions = ArchitectureTest.OnlyMain.class)
final class ArchitectureTest {
  private static final String ROOT = "dev.plumbline.reconciler.";

  /** What each package may know of the others: a new package has to be entered here. */
  private static final Map<String, List<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("resource", List.of()),
          Map.entry("kind", List.of("resource")),
          Map.entry("embedded", List.of("resource")),
          Map.entry("live", List.of("resource", "kind")),
          Map.entry("plan", List.of("resource", "kind", "embedded", "live")),
          Map.entry("desired", List.of("resource", "kind", "embedded", "plan")),
          Map.entry("path", List.of("resource", "kind", "embedded", "plan", "desired")),
          Map.entry("apply", List.of("resource", "kind", "embedded", "live", "plan")),
          Map.entry("check", List.of("plan", "apply")),
          Map.entry(
              "host",
              List.of("resource", "kind", "embedded", "live", "plan", "desired", "apply", "check")),
          Map.entry(
              "model", List.of("resource", "kind", "embedded", "live", "plan", "apply", "host")),
          Map.entry(
              "render",
              List.of("resource", "kind", "live", "plan", "desired", "path", "apply", "sim")),
          Map.entry("picture", List.of("resource", "embedded", "plan", "path", "render")),
          Map.entry("adopt", List.of("resource", "kind", "embedded", "live", "plan")),
          Map.entry("imports", List.of("desired", "adopt")),
          Map.entry("report", List.of("render")),
          Map.entry("api", List.of("resource", "embedded", "render", "report")),
          Map.entry("source", List.of()),
          Map.entry("rollout", List.of("source", "render", "report")),
          Map.entry("systemd", List.of("render", "report")),
          Map.entry(
              "range",
              List.of(
                  "resource",
                  "embedded",
                  "live",
                  "plan",
                  "desired",
                  "path",
                  "apply",
                  "host",
                  "model",
                  "source",
                  "render")),
          Map.entry(
              "sim",
              List.of("resource", "embedded", "live", "plan", "desired", "apply", "host", "model")),
          Map.entry(
              "checkpoint",
              List.of("resource", "embedded", "live", "plan", "apply", "host", "render")),
          Map.entry("demo", List.of("host", "source")),
          Map.entry(
              "agent",
              List.of(
                  "resource",
                  "embedded",
                  "live",
                  "plan",
                  "desired",
                  "path",
                  "apply",
                  "host",
                  "checkpoint",
                  "source",
                  "rollout",
                  "render",
                  "report",
                  "api",
                  "systemd")),
          Map.entry(
              "cli",
              List.of(
                  "resource",
                  "kind",
                  "embedded",
                  "live",
                  "plan",
                  "desired",
                  "path",
                  "apply",
                  "host",
                  "checkpoint",
                  "source",
                  "render",
                  "picture",
                  "adopt",
                  "imports",
                  "report",
                  "api",
                  "systemd",
                  "agent",
                  "range",
                  "model",
                  "sim",
                  "demo")));

  @ArchTest
  static void packagesHaveNoCycles(JavaClasses imported) {
    slices().matching("dev.plumbline.(*).(*)..").should().beFreeOfCycles().check(imported);
  }

  @ArchTest
  static void onlyTheReconcilerKnowsAllModules(JavaClasses imported) {
    noClasses()
        .that()
        .resideInAnyPackage("dev.plumbline.netlink..", "dev.plumbline.spec..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.plumbline.reconciler..")
        .check(imported);
  }

  @ArchTest
  static void theKernelKnowsNoFile(JavaClasses imported) {
    noClasses()
        .that()
        .resideInAPackage("dev.plumbline.netlink..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.plumbline.spec..")
        .check(imported);
  }

  @ArchTest
  static void theFileKnowsNoKernel(JavaClasses imported) {
    noClasses()
        .that()
        .resideInAPackage("dev.plumbline.spec..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.plumbline.netlink..")
        .check(imported);
  }

  /** One plan from one pair of states: no clock, no files, no sockets, nothing random. */
  @ArchTest
  static void planningIsPure(JavaClasses imported) {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "plan..", ROOT + "desired..", ROOT + "path..", ROOT + "resource..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.security..",
                    "java.util.concurrent..",
                    "org.eclipse.jgit..",
                    "dev.plumbline.netlink.libc..",
                    "dev.plumbline.netlink.socket..",
                    "dev.plumbline.netlink.namespace..",
                    "dev.plumbline.netlink.event..",
                    "dev.plumbline.netlink.probe..")
                .or(
                    belongToAnyOf(
                        java.io.File.class,
                        java.io.InputStream.class,
                        java.io.OutputStream.class,
                        java.net.Socket.class,
                        java.time.Clock.class,
                        java.time.Instant.class,
                        java.util.Random.class,
                        Thread.class)))
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .check(imported);
  }

  @ArchTest
  static void onlyTheCommandLineParsesCommandLines(JavaClasses imported) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(imported);
  }

  @ArchTest
  static void onlySourcesKnowGit(JavaClasses imported) {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "source..", ROOT + "cli..", ROOT + "demo..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jgit..")
        .check(imported);
  }

  @ArchTest
  static void onlyTheConsoleWritesToTheTerminal(JavaClasses imported) {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + "cli.Console")
        .and()
        .doNotHaveFullyQualifiedName(ROOT + "cli.Rehearsal")
        .and()
        // Keeps from it what JGit prints there.
        .doNotHaveFullyQualifiedName(ROOT + "source.JGitEnvironment")
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(imported);
  }

  @ArchTest
  static void packagesKnowOnlyWhatIsBelowThem(JavaClasses imported) {
    var packages = new TreeSet<String>();
    imported.stream()
        .map(type -> type.getPackageName() + ".")
        .filter(name -> name.startsWith(ROOT) && name.length() > ROOT.length())
        .forEach(
            name -> packages.add(name.substring(ROOT.length(), name.indexOf('.', ROOT.length()))));
    assertTrue(
        MAY_KNOW.keySet().containsAll(packages), () -> packages + " against " + MAY_KNOW.keySet());
    for (String name : packages) {
      String[] strangers =
          MAY_KNOW.keySet().stream()
              .filter(other -> !other.equals(name) && !allowed(name).contains(other))
              .map(other -> ROOT + other + "..")
              .toArray(String[]::new);
      if (strangers.length > 0) {
        noClasses()
            .that()
            .resideInAPackage(ROOT + name + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(strangers)
            .check(imported);
      }
    }
  }

  @ArchTest
  static void everyPackageSaysWhatItIs(JavaClasses imported) {
    var silent = new TreeSet<String>();
    for (var type : imported) {
      var home = type.getPackage();
      if (home.tryGetPackageInfo().isEmpty() || !home.isAnnotatedWith(NullMarked.class)) {
        silent.add(home.getName());
      }
    }
    assertTrue(silent.isEmpty(), () -> "without a @NullMarked package-info.java: " + silent);
  }

  /**
   * Of {@code mvn verify} the test jar too, which {@link ImportOption.DoNotIncludeTests} lets in.
   */
  static final class OnlyMain implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }

  private static List<String> allowed(String name) {
    return MAY_KNOW.getOrDefault(name, List.of());
  }

  private ArchitectureTest() {}
}
