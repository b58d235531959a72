// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "dev.plumbline.spec";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void the_classes_are_found() {
    assertTrue(CLASSES.contain(ROOT + ".HostFile"));
  }

  @Test
  void packages_depend_one_way() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("entry")
        .definedBy(ROOT)
        .layer("check")
        .definedBy(ROOT + ".check")
        .layer("form")
        .definedBy(ROOT + ".form")
        .layer("schema")
        .definedBy(ROOT + ".schema")
        .layer("merge")
        .definedBy(ROOT + ".merge")
        .layer("source")
        .definedBy(ROOT + ".source")
        .layer("yaml")
        .definedBy(ROOT + ".yaml")
        .layer("model")
        .definedBy(ROOT + ".model")
        .layer("problem")
        .definedBy(ROOT + ".problem")
        .layer("value")
        .definedBy(ROOT + ".value")
        .whereLayer("entry")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("check")
        .mayOnlyBeAccessedByLayers("entry")
        .whereLayer("form")
        .mayOnlyBeAccessedByLayers("entry")
        .whereLayer("schema")
        .mayOnlyBeAccessedByLayers("entry")
        .whereLayer("merge")
        .mayOnlyBeAccessedByLayers("entry")
        .whereLayer("source")
        .mayOnlyBeAccessedByLayers("entry", "merge")
        .whereLayer("yaml")
        .mayOnlyBeAccessedByLayers("entry", "merge", "schema", "form", "check")
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("entry", "form", "check")
        .whereLayer("problem")
        .mayOnlyBeAccessedByLayers("entry", "check", "form", "schema", "merge", "yaml")
        .check(CLASSES);
  }

  @Test
  void the_spec_knows_nothing_of_the_kernel() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.plumbline.netlink..", "dev.plumbline.reconciler..", "jnr..", "java.net.http..")
        .check(CLASSES);
  }

  @Test
  void the_model_stands_on_values_and_the_jdk_alone() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".model", ROOT + ".value")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com..", "tools..", "org.snakeyaml..")
        .check(CLASSES);
  }
}
