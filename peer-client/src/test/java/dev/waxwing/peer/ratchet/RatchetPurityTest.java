package dev.waxwing.peer.ratchet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class RatchetPurityTest {
  private static final JavaClasses RATCHET =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.waxwing.peer.ratchet");

  @Test
  void dependsOnPrimitivesIdentitiesIdsAndWireOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.waxwing.peer.ratchet",
            "dev.waxwing.crypto",
            "dev.waxwing.identity",
            "dev.waxwing.message",
            "dev.waxwing.wire",
            "org.jspecify.annotations",
            "java.lang..",
            "java.math",
            "java.nio",
            "java.nio.charset",
            "java.security",
            "java.util..")
        .check(RATCHET);
  }

  @Test
  void readsNoClockAndDrawsNoRandomness() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.Random.class)
        .check(RATCHET);
  }
}
