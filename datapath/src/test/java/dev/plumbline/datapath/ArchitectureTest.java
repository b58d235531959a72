// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plain tests: ArchUnit's own engine finds no rules on the JUnit platform that is used here. */
class ArchitectureTest {
  private static final String ROOT = "dev.plumbline.datapath";

  /** For each package those of this module that it may use; {@code control} joins all of them. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          Map.entry("flow", List.of()),
          Map.entry("config", List.of()),
          Map.entry("openflow", List.of("flow", "config")),
          Map.entry("classifier", List.of("openflow")),
          Map.entry("packet", List.of("flow")),
          Map.entry("bridge", List.of("flow", "config")),
          Map.entry("bond", List.of("flow", "config")),
          Map.entry(
              "translate", List.of("flow", "config", "bridge", "bond", "openflow", "classifier")),
          Map.entry("bpf", List.of("flow")),
          Map.entry("fastpath", List.of("flow", "config", "packet", "bpf", "upcall", "port")),
          Map.entry("upcall", List.of("flow", "packet", "bpf")),
          Map.entry("tally", List.of("config", "translate", "fastpath")),
          Map.entry("port", List.of("flow", "upcall")),
          Map.entry("tunnel", List.of("config", "packet", "bpf")));

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void everyPackageUsesOnlyThoseItMay() {
    ARROWS.forEach(
        (name, used) ->
            noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    ARROWS.keySet().stream()
                        .filter(other -> !other.equals(name) && !used.contains(other))
                        .map(other -> ROOT + "." + other + "..")
                        .toArray(String[]::new))
                .check(ALL));
  }

  @Test
  void whatIsJoinedKnowsNothingOfWhatJoinsIt() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ARROWS.keySet().stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".control..")
        .check(ALL);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void theSwitchKnowsNothingOfSpecsAndPlans() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.plumbline.spec..", "dev.plumbline.reconciler..")
        .check(ALL);
  }

  @Test
  void decidingKnowsNothingOfTheKernelNorTheTime() {
    String[] pure = {
      ROOT + ".flow..",
      ROOT + ".openflow..",
      ROOT + ".classifier..",
      ROOT + ".config..",
      ROOT + ".packet..",
      ROOT + ".bridge..",
      ROOT + ".bond..",
      ROOT + ".translate.."
    };
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jnr..", "dev.plumbline.netlink..", "java.time..")
        .check(ALL);
    noClasses()
        .that()
        .resideInAnyPackage(pure)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(ALL);
  }
}
