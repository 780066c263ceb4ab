package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a demo plays: a temporary folder, free ports, files made for it, and the programs' jars.
 */
final class DemoStage implements AutoCloseable {
  private static final int MADE_MIB = 64;
  private static final String RELAY_JAR = "waxwing-relay.jar";

  private final Path folder;

  DemoStage() {
    try {
      folder = Files.createTempDirectory("waxwing-demo");
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "no temporary folder can be made", e);
    }
  }

  Path at(String name) {
    return folder.resolve(name);
  }

  /** This program's own jar. */
  static Path peerJar() {
    try {
      Path code =
          Path.of(DemoStage.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(code)) {
        return code;
      }
    } catch (URISyntaxException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "this program's own file cannot be found", e);
    }
    throw new Fault(FaultCode.UNAVAILABLE, "the demo runs from the built waxwing.jar only");
  }

  /** The relay: as named, else beside this program, else where a clone builds it. */
  static Path relayJar(Path peerJar, @Nullable Path named) {
    Path beside = peerJar.toAbsolutePath().resolveSibling("");
    List<Path> places =
        named != null
            ? List.of(named)
            : List.of(
                beside.resolve(RELAY_JAR),
                beside.resolve("../../relay-server/target").resolve(RELAY_JAR).normalize(),
                Path.of("relay-server", "target", RELAY_JAR));
    return places.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                new Fault(
                    FaultCode.FILE_NOT_FOUND,
                    "the relay's " + RELAY_JAR + " is not beside this program",
                    "name it with --relay-jar JAR"));
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new Fault(FaultCode.PORT_IN_USE, "no free port on this machine", e);
    }
  }

  /** The file to send: the one named, else one made of text and numbers. */
  Path file(@Nullable Path named) {
    if (named != null) {
      return named.toAbsolutePath();
    }
    Path made = at("holiday.mov");
    SplittableRandom random = new SplittableRandom(System.nanoTime());
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(made)) {
      for (int i = 0; i < MADE_MIB; i++) {
        random.nextBytes(block);
        out.write(block);
      }
      return made;
    } catch (IOException e) {
      throw new Fault(FaultCode.DISK_FULL, "the demo's file cannot be written", e);
    }
  }

  Path note() {
    Path made = at("letter.txt");
    try {
      return Files.writeString(
          made, "Dear Bob, this letter was sent while you were away.\n".repeat(40));
    } catch (IOException e) {
      throw new Fault(FaultCode.DISK_FULL, "the demo's file cannot be written", e);
    }
  }

  /** SHA-256 of a file, hexadecimal. */
  static String hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "a file of the demo cannot be read", e);
    } catch (NoSuchAlgorithmException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "this Java has no SHA-256", e);
    }
  }

  /** The first blob segment in the relay's folder, where one waits. */
  static Optional<Path> segment(Path relay) {
    try (Stream<Path> files = Files.walk(relay)) {
      return files.filter(file -> file.toString().endsWith(".seg")).sorted().findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** {@code length} bytes of a file from {@code from}, hexadecimal. */
  static String hex(Path file, long from, int length) {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      return HexFormat.ofDelimiter(" ").formatHex(in.readNBytes(length));
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "a file of the demo cannot be read", e);
    }
  }

  /** Removes the folder with everything in it. */
  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // A temporary folder: the system cleans up what is left.
      return;
    }
  }
}
