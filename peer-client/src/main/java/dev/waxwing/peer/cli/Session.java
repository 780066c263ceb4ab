package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Peer;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** One run of one command: what it was told, how it speaks, and the profile, opened when needed. */
final class Session implements AutoCloseable {
  /** How long a command waits for the relay when told nothing else. */
  static final Span REACH = new Span(15_000);

  private static final int SECRET_FILE = 4096;
  private static final long TURN_MILLIS = 100;

  private final World world;
  private final Globals globals;
  private final Voice voice;
  private final Asker ask;
  private @Nullable PeerOpener door;
  private @Nullable Peer peer;

  Session(World world, Globals globals) {
    this.world = world;
    this.globals = globals;
    this.voice = new Voice(world.streams(), globals, colours(world, globals));
    this.ask = new Asker(world.streams(), globals);
  }

  World world() {
    return world;
  }

  Clock clock() {
    return world.clock();
  }

  Stop stop() {
    return world.stop();
  }

  Voice voice() {
    return voice;
  }

  Asker ask() {
    return ask;
  }

  InputStream in() {
    return world.streams().in();
  }

  /** The way to the profile. */
  PeerOpener door() {
    PeerOpener found = door;
    if (found == null) {
      found = world.doors().at(globals.home, this::passphrase);
      door = found;
    }
    return found;
  }

  /** The profile, opened once. */
  Peer peer() {
    Peer open = peer;
    if (open == null) {
      open = door().open();
      peer = open;
    }
    return open;
  }

  /**
   * The profile with its link up.
   *
   * @throws Fault why the relay was not reached
   */
  Peer online(@Nullable Span timeout) {
    Peer open = peer();
    open.awaitOnline((timeout == null ? REACH : timeout).millis());
    long skew = open.link().clockSkewMillis();
    if (Math.abs(skew) > 3_600_000) {
      voice.warn(
          "this device's clock is %s %s the relay's: times may look odd",
          Human.duration(Math.abs(skew)), skew > 0 ? "behind" : "ahead of");
    }
    return open;
  }

  /** The profile with its mail fetched if the relay can be reached; says so if not. */
  Peer fetched(@Nullable Span timeout) {
    Span limit = timeout == null ? REACH : timeout;
    Deadline deadline = Deadline.after(clock(), limit);
    try {
      Peer open = online(limit);
      open.settle(deadline.left(limit.millis()));
      return open;
    } catch (Fault fault) {
      if (fault.code().kind() != FaultCode.Kind.NETWORK) {
        throw fault;
      }
      voice.warn("the relay was not reached (%s): shown is what is here", fault.code());
      return peer();
    }
  }

  /**
   * A secret's file: its first line.
   *
   * @param path a path, or {@code -} for standard input
   */
  String secretFrom(String path) {
    try (InputStream in = path.equals("-") ? in() : Files.newInputStream(Path.of(path))) {
      String text = new String(in.readNBytes(SECRET_FILE), StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("");
    } catch (NoSuchFileException e) {
      throw new Fault(FaultCode.FILE_NOT_FOUND, "there is no file " + path, e);
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, path + " cannot be read", e);
    }
  }

  /** What {@code --passphrase-file} holds; null without it. Nobody is asked. */
  @Nullable String givenPassphrase() {
    String file = globals.passphraseFile;
    return file == null ? null : secretFrom(file);
  }

  private String passphrase() {
    String file = globals.passphraseFile;
    return file != null
        ? secretFrom(file)
        : ask.secret("Passphrase of this profile", "--passphrase-file FILE");
  }

  private static boolean colours(World world, Globals globals) {
    return switch (globals.color) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO ->
          world.env().getOrDefault("NO_COLOR", "").isEmpty()
              && !"dumb".equals(world.env().get("TERM"));
    };
  }

  /**
   * Stays while other commands send their input through this one: it would end with it. Who reads
   * what this command says has all of it, and may be one of them.
   */
  void linger() {
    Peer open = peer;
    if (open != null && open.neededByOthers() && !stop().asked()) {
      voice.endResults();
      voice.note("Another command sends its input through this one, which ends when that is done.");
      while (open.neededByOthers() && !stop().asked(TURN_MILLIS)) {
        continue;
      }
    }
  }

  @Override
  public void close() {
    Peer open = peer;
    if (open != null) {
      open.close();
    }
  }
}
