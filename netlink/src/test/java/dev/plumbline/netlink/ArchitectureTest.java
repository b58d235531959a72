// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.plumbline.netlink",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule ONLY_LIBC_IS_NATIVE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..netlink.libc..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jnr..", "com.kenai..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.plumbline.netlink.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ARROWS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("libc")
          .definedBy("..netlink.libc..")
          .layer("wire")
          .definedBy("..netlink.wire..")
          .layer("namespace")
          .definedBy("..netlink.namespace..")
          .layer("socket")
          .definedBy("..netlink.socket..")
          .layer("event")
          .definedBy("..netlink.event..")
          .optionalLayer("route")
          .definedBy("..netlink.route..")
          .whereLayer("wire")
          .mayNotAccessAnyLayer()
          .whereLayer("libc")
          .mayNotAccessAnyLayer()
          .whereLayer("namespace")
          .mayOnlyAccessLayers("libc")
          .whereLayer("socket")
          .mayOnlyAccessLayers("libc", "wire", "namespace")
          .whereLayer("event")
          .mayOnlyAccessLayers("libc", "wire", "namespace", "socket")
          .whereLayer("event")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("route")
          .mayOnlyAccessLayers("libc", "wire", "namespace", "socket");
}
