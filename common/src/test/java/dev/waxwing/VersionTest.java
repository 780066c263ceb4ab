package dev.waxwing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void aClassFolderHasNoManifestAndSaysSo() {
    assertNotNull(System.getProperty("waxwing.version"), "the build passes waxwing.version");
    assertEquals("development", Version.current());
  }
}
