package dev.waxwing.peer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Who may import whom in the peer (common/decisions, "pure cores"). */
class BordersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.waxwing");

  private static final String[] PURE = {
    "dev.waxwing.peer.ratchet..",
    "dev.waxwing.peer.age..",
    "dev.waxwing.peer.content..",
    "dev.waxwing.peer.session.."
  };

  private static final DescribedPredicate<JavaClass> WORLD =
      DescribedPredicate.describe(
          "the network, files, threads, clocks, randomness or logs",
          type ->
              type.getPackageName().startsWith("io.vertx")
                  || type.getPackageName().startsWith("io.netty")
                  || type.getPackageName().startsWith("org.slf4j")
                  || type.getPackageName().startsWith("java.net")
                  || type.getPackageName().startsWith("java.nio.file")
                  || type.getPackageName().startsWith("java.nio.channels")
                  || type.getPackageName().startsWith("java.util.concurrent")
                  || type.getPackageName().startsWith("java.sql")
                  || type.isEquivalentTo(Thread.class)
                  || type.isEquivalentTo(java.io.File.class)
                  || type.isEquivalentTo(java.security.SecureRandom.class)
                  || type.isEquivalentTo(java.time.Clock.class)
                  || type.isEquivalentTo(java.time.Instant.class));

  private static ArchRule noWorldIn(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat(WORLD)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime");
  }

  @Test
  void pureCoresTouchNoWorld() {
    noWorldIn(PURE).check(CLASSES);
  }

  @Test
  void theRuleFindsAWorldWhereThereIsOne() {
    assertThrows(AssertionError.class, () -> noWorldIn("dev.waxwing.peer.net..").check(CLASSES));
  }

  @Test
  void vertxStaysInTheNetworkPackage() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.peer..")
        .and()
        .resideOutsideOfPackage("dev.waxwing.peer.net..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void thePeerNeverSeesTheRelay() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.peer..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.waxwing.relay..")
        .check(CLASSES);
  }

  @Test
  void commandsSeeTheLibraryAndItsValuesOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.peer.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.waxwing.peer.net..",
            "dev.waxwing.peer.ratchet..",
            "dev.waxwing.peer.age..",
            "dev.waxwing.peer.content..",
            "dev.waxwing.peer.transfer..",
            "dev.waxwing.peer.files..")
        .check(CLASSES);
  }

  @Test
  void primitivesAreReachedThroughTheFacadeOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.waxwing.peer..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.goterl..", "com.sun.jna..", "org.bouncycastle..")
        .check(CLASSES);
  }

  @Test
  void packagesMakeNoCircles() {
    slices().matching("dev.waxwing.peer.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
