package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.peer.store.ProfileFolder.Os;
import dev.waxwing.peer.store.ProfileFolder.Surroundings;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a profile lives, by system and variables. */
class ProfileFolderTest {
  @TempDir Path home;

  @Test
  void linuxFollowsXdg() {
    assertEquals(
        new ProfileFolder(
            home.resolve(".config/waxwing"),
            home.resolve(".local/share/waxwing"),
            home.resolve(".local/state/waxwing"),
            home.resolve(".local/state/waxwing/run"),
            home.resolve("Downloads/Waxwing")),
        locate(Os.LINUX, Map.of()));
    assertEquals(
        new ProfileFolder(
            Path.of("/c/waxwing"),
            Path.of("/d/waxwing"),
            Path.of("/s/waxwing"),
            Path.of("/r/waxwing"),
            home.resolve("Downloads/Waxwing")),
        locate(
            Os.LINUX,
            Map.of(
                "XDG_CONFIG_HOME", "/c",
                "XDG_DATA_HOME", "/d",
                "XDG_STATE_HOME", "/s",
                "XDG_RUNTIME_DIR", "/r")));
  }

  @Test
  void relativeXdgFoldersAreIgnored() {
    assertEquals(
        home.resolve(".local/share/waxwing"),
        locate(Os.LINUX, Map.of("XDG_DATA_HOME", "data")).data());
  }

  @Test
  void downloadsFollowThePersonsOwnFolders() throws IOException {
    Path config = Files.createDirectory(home.resolve(".config"));
    Files.writeString(
        config.resolve("user-dirs.dirs"),
        "# comment\nXDG_DESKTOP_DIR=\"$HOME/Desktop\"\nXDG_DOWNLOAD_DIR=\"$HOME/Téléchargé\"\n");
    assertEquals(
        home.resolve("Téléchargé").resolve("Waxwing"), locate(Os.LINUX, Map.of()).downloads());
    Files.writeString(config.resolve("user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"/big/in\"\n");
    assertEquals(Path.of("/big/in/Waxwing"), locate(Os.LINUX, Map.of()).downloads());
  }

  @Test
  void macUsesTheLibrary() {
    ProfileFolder folder = locate(Os.MAC, Map.of("TMPDIR", "/var/folders/x"));
    assertEquals(home.resolve("Library/Application Support/Waxwing"), folder.data());
    assertEquals(home.resolve("Library/Logs/Waxwing"), folder.state());
    assertEquals(Path.of("/var/folders/x/waxwing"), folder.runtime());
  }

  @Test
  void windowsRoamsTheConfigurationOnly() {
    ProfileFolder folder =
        locate(Os.WINDOWS, Map.of("APPDATA", "/roaming", "LOCALAPPDATA", "/local"));
    assertEquals(Path.of("/roaming/Waxwing"), folder.config());
    assertEquals(Path.of("/local/Waxwing"), folder.data());
    assertEquals(Path.of("/local/Waxwing/run"), folder.runtime());
  }

  @Test
  void homeHoldsEverythingAndTheFlagBeatsTheVariable() {
    Surroundings around =
        new Surroundings(Os.LINUX, home, Map.of(ProfileFolder.HOME_VARIABLE, "/elsewhere"));
    assertEquals(Path.of("/elsewhere"), ProfileFolder.locate(null, around).data());
    ProfileFolder folder = ProfileFolder.locate(home.resolve("a"), around);
    for (Path part :
        new Path[] {
          folder.config(), folder.data(), folder.state(), folder.runtime(), folder.downloads()
        }) {
      assertEquals(true, part.startsWith(home.resolve("a")), part.toString());
    }
  }

  @Test
  void foldersAreMadeForTheirOwnerAlone() throws IOException {
    assumePosix();
    ProfileFolder folder = locate(Os.LINUX, Map.of()).create();
    for (Path part :
        new Path[] {folder.config(), folder.data(), folder.state(), folder.runtime()}) {
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(part)));
    }
    assertFalse(Files.exists(folder.downloads()));
    folder.create();
  }

  @Test
  void dataFolderOthersMayReadOrWriteIsRefused() throws IOException {
    assumePosix();
    ProfileFolder folder = locate(Os.LINUX, Map.of()).create();
    for (String open : new String[] {"rwxr-----", "rwx-w----", "rwx---r--", "rwx----w-"}) {
      Files.setPosixFilePermissions(folder.data(), PosixFilePermissions.fromString(open));
      assertEquals(
          FaultCode.PERMISSIONS_OPEN, assertThrows(Fault.class, folder::create).code(), open);
    }
    Files.setPosixFilePermissions(folder.data(), PosixFilePermissions.fromString("rwx------"));
    folder.create();
  }

  @Test
  void systemsAreToldByName() {
    assertEquals(Os.WINDOWS, Os.named("Windows 11"));
    assertEquals(Os.MAC, Os.named("Mac OS X"));
    assertEquals(Os.LINUX, Os.named("FreeBSD"));
  }

  private void assumePosix() {
    Assumptions.assumeTrue(
        home.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "file modes are POSIX's");
  }

  private ProfileFolder locate(Os os, Map<String, String> environment) {
    return ProfileFolder.locate(null, new Surroundings(os, home, environment));
  }
}
