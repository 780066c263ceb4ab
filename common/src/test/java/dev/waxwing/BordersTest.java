package dev.waxwing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Who may use what in this module. */
@AnalyzeClasses(packages = "dev.waxwing", importOptions = ImportOption.DoNotIncludeTests.class)
class BordersTest {

  @ArchTest
  static final ArchRule onlyTheProvidersKnowTheCryptographicLibraries =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.waxwing.crypto")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.goterl..", "com.sun.jna..", "org.bouncycastle..");

  @ArchTest
  static final ArchRule onlyOneClassLoadsNativeCode =
      noClasses()
          .that()
          .doNotHaveSimpleName("SodiumLibrary")
          .and()
          .doNotHaveSimpleName("SizeT")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("com\\.(goterl\\..*|sun\\.jna\\.Native.*)");

  @ArchTest
  static final ArchRule theWireNeedsTheJdkOnly =
      classes()
          .that()
          .resideInAPackage("dev.waxwing.wire")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.jspecify..", "dev.waxwing.wire");

  @ArchTest
  static final ArchRule treesNeedTheWireOnly =
      classes()
          .that()
          .resideInAPackage("dev.waxwing.merkle")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.jspecify..", "dev.waxwing.wire", "dev.waxwing.merkle");

  @ArchTest
  static final ArchRule ed25519IsNeverTheJdks =
      noClasses()
          .that()
          .resideInAPackage("dev.waxwing.crypto")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.security.Signature");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      SlicesRuleDefinition.slices().matching("dev.waxwing.(*)..").should().beFreeOfCycles();
}
