package dev.waxwing.peer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a profile lives (XDG Base Directory 0.8 on Linux, the vendors' folders elsewhere). With
 * {@code --home} or {@code WAXWING_HOME} everything is below one folder.
 *
 * @param config what people edit
 * @param data keys and the database, 0700
 * @param state logs
 * @param runtime socket and token of the running program, 0700
 * @param downloads where received files go; made when the first one comes
 */
public record ProfileFolder(Path config, Path data, Path state, Path runtime, Path downloads) {
  /** The variable that stands for {@code --home}. */
  public static final String HOME_VARIABLE = "WAXWING_HOME";

  private static final Pattern DOWNLOADS_LINE =
      Pattern.compile("(?m)^\\s*XDG_DOWNLOAD_DIR=\"(\\$HOME/)?([^\"]*)\"");

  /** Kinds of systems, by where they keep such folders. */
  public enum Os {
    LINUX,
    MAC,
    WINDOWS;

    /** The one whose {@code os.name} this is; unknown ones are like Linux. */
    public static Os named(String name) {
      return name.startsWith("Windows") ? WINDOWS : name.startsWith("Mac") ? MAC : LINUX;
    }
  }

  /**
   * What the place depends on.
   *
   * @param os the system
   * @param userHome the person's home folder
   * @param environment the process's variables
   */
  public record Surroundings(Os os, Path userHome, Map<String, String> environment) {
    /** Those of this process. */
    public static Surroundings current() {
      return new Surroundings(
          Os.named(System.getProperty("os.name", "")),
          Path.of(System.getProperty("user.home", ".")),
          System.getenv());
    }

    /** A folder named by a variable; relative ones are ignored, as XDG demands. */
    private Path folder(String variable, Path otherwise) {
      String value = environment.get(variable);
      if (value == null || value.isEmpty()) {
        return otherwise;
      }
      Path folder = Path.of(value);
      return folder.isAbsolute() ? folder : otherwise;
    }
  }

  /**
   * The folders, none of them touched.
   *
   * @param home what {@code --home} names; null asks the surroundings
   */
  public static ProfileFolder locate(@Nullable Path home, Surroundings around) {
    String variable = around.environment().get(HOME_VARIABLE);
    if (home != null) {
      return below(home.toAbsolutePath().normalize());
    }
    if (variable != null && !variable.isEmpty()) {
      return below(Path.of(variable).toAbsolutePath().normalize());
    }
    return switch (around.os()) {
      case LINUX -> linux(around);
      case MAC -> mac(around);
      case WINDOWS -> windows(around);
    };
  }

  private static ProfileFolder below(Path home) {
    return new ProfileFolder(
        home, home, home.resolve("logs"), home.resolve("run"), home.resolve("downloads"));
  }

  private static ProfileFolder linux(Surroundings around) {
    Path user = around.userHome();
    Path config = around.folder("XDG_CONFIG_HOME", user.resolve(".config"));
    Path state =
        around.folder("XDG_STATE_HOME", user.resolve(".local").resolve("state")).resolve("waxwing");
    Path data = around.folder("XDG_DATA_HOME", user.resolve(".local").resolve("share"));
    // Without a session there is no runtime folder; the state's is as private.
    Path runtime = around.folder("XDG_RUNTIME_DIR", state);
    return new ProfileFolder(
        config.resolve("waxwing"),
        data.resolve("waxwing"),
        state,
        runtime.equals(state) ? state.resolve("run") : runtime.resolve("waxwing"),
        linuxDownloads(around, config).resolve("Waxwing"));
  }

  private static Path linuxDownloads(Surroundings around, Path config) {
    Path usual = around.folder("XDG_DOWNLOAD_DIR", around.userHome().resolve("Downloads"));
    try {
      Matcher line = DOWNLOADS_LINE.matcher(Files.readString(config.resolve("user-dirs.dirs")));
      if (line.find()) {
        String beneath = line.group(1);
        Path named = Path.of(line.group(2));
        return beneath == null ? named : around.userHome().resolve(named);
      }
    } catch (IOException e) {
      // No such file: the usual folder.
    }
    return usual;
  }

  private static ProfileFolder mac(Surroundings around) {
    Path library = around.userHome().resolve("Library");
    Path support = library.resolve("Application Support").resolve("Waxwing");
    Path state = library.resolve("Logs").resolve("Waxwing");
    // TMPDIR is the user's own on macOS.
    Path temporary = around.folder("TMPDIR", support);
    return new ProfileFolder(
        support,
        support,
        state,
        temporary.equals(support) ? support.resolve("run") : temporary.resolve("waxwing"),
        around.userHome().resolve("Downloads").resolve("Waxwing"));
  }

  private static ProfileFolder windows(Surroundings around) {
    Path applications = around.userHome().resolve("AppData");
    Path roaming = around.folder("APPDATA", applications.resolve("Roaming")).resolve("Waxwing");
    Path local = around.folder("LOCALAPPDATA", applications.resolve("Local")).resolve("Waxwing");
    return new ProfileFolder(
        roaming,
        local,
        local.resolve("logs"),
        local.resolve("run"),
        around.userHome().resolve("Downloads").resolve("Waxwing"));
  }

  /**
   * Makes the folders that are missing, all but {@code downloads}, for their owner alone.
   *
   * @throws dev.waxwing.wire.Fault PERMISSIONS_OPEN when others may read or write the data or
   *     runtime folder, TARGET_UNWRITABLE
   */
  public ProfileFolder create() {
    for (Path folder : new Path[] {config, data, state, runtime}) {
      OwnerOnly.createFolder(folder);
    }
    OwnerOnly.require(data);
    OwnerOnly.require(runtime);
    return this;
  }

  /** The database's file. */
  public Path database() {
    return data.resolve("profile.db");
  }
}
