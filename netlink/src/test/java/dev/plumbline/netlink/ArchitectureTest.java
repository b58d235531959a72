// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plain tests: ArchUnit's own engine finds no rules on the JUnit platform that is used here. */
class ArchitectureTest {
  private static final String ROOT = "dev.plumbline.netlink";

  /** For each package those of this module that it may use. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          "libc", List.of(),
          "wire", List.of(),
          "namespace", List.of("libc"),
          "socket", List.of("libc", "wire", "namespace"),
          "event", List.of("libc", "namespace", "socket"),
          "traffic", List.of("libc", "wire", "socket"),
          "route", List.of("libc", "wire", "namespace", "socket"),
          "probe", List.of("libc", "wire", "namespace", "socket", "route"));

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void onlyLibcIsNative() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..netlink.libc..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jnr..", "com.kenai..")
        .check(ALL);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void everyPackageUsesOnlyThoseItMay() {
    ARROWS.forEach(
        (name, used) ->
            classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    Stream.concat(
                            Stream.of(
                                ROOT + "." + name,
                                "java..",
                                "org.jspecify..",
                                "jnr..",
                                "com.kenai.."),
                            used.stream().map(other -> ROOT + "." + other))
                        .toArray(String[]::new))
                .check(ALL));
  }

  @Test
  void everyPackageHasItsArrows() {
    assertEquals(
        new TreeSet<>(ARROWS.keySet()),
        ALL.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new)));
  }
}
