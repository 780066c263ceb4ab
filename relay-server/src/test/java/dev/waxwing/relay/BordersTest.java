package dev.waxwing.relay;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Who may import whom in the relay; {@code CorePurityTest} keeps the core itself. */
class BordersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.waxwing");

  private static ArchRule noVertxOutside(String... packages) {
    return noClasses()
        .that()
        .resideInAPackage("dev.waxwing.relay..")
        .and()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..");
  }

  @Test
  void vertxStaysInTheShell() {
    noVertxOutside("dev.waxwing.relay.net..", "dev.waxwing.relay.app..").check(CLASSES);
  }

  @Test
  void theRuleFindsVertxWhereItIs() {
    assertThrows(
        AssertionError.class, () -> noVertxOutside("dev.waxwing.relay.app..").check(CLASSES));
  }

  @Test
  void theStoreKnowsNothingOfTheShell() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.relay.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.waxwing.relay.core..", "dev.waxwing.relay.net..", "dev.waxwing.relay.app..")
        .check(CLASSES);
  }

  @Test
  void bouncyCastleMakesCertificatesOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.relay..")
        .and()
        .resideOutsideOfPackage("dev.waxwing.relay.app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bouncycastle..", "com.goterl..", "com.sun.jna..")
        .check(CLASSES);
  }

  @Test
  void packagesMakeNoCircles() {
    slices().matching("dev.waxwing.relay.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
