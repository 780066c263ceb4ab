package dev.waxwing.peer.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.age.AgeReader;
import dev.waxwing.peer.content.ContentCodec;
import dev.waxwing.peer.files.LeafLog;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.files.SafeName;
import dev.waxwing.peer.files.Unpacker;
import dev.waxwing.peer.ratchet.Envelope;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever bytes another person, a relay or a disk hands a peer, each parser takes or refuses them
 * by a code, and what it took means the same when it is written and read again. Reads the kept
 * inputs in every build, and looks for new ones with {@code JAZZER_FUZZ=1}.
 */
class ContentFuzzTest {
  private static final Suite SUITE = Suite.wx1();

  /** The identity that the kept age headers are for. */
  private static final AgeIdentity IDENTITY =
      AgeIdentity.of(SUITE.agreement(), Secret.copyOf(new byte[32]));

  private static final int BLOCK = 512;
  private static final int SUM = 148;

  @TempDir static Path folder;

  /** Targets that ran, and those that took an input. */
  private static final Set<String> RAN = new TreeSet<>();

  private static final Set<String> TOOK = new TreeSet<>();

  /** Without one good input there is nothing to mutate, and nothing is read twice. */
  @AfterAll
  static void everyTargetTookAnInput() {
    assertEquals(RAN, TOOK);
  }

  private static <T> Optional<T> read(String target, Supplier<T> parser) {
    RAN.add(target);
    try {
      T taken = parser.get();
      TOOK.add(target);
      return Optional.of(taken);
    } catch (Fault fault) {
      assertNotEquals(FaultCode.INTERNAL, fault.code());
      return Optional.empty();
    }
  }

  @FuzzTest
  void letter(byte[] input) {
    read("letter", () -> ContentCodec.decode(input))
        .ifPresent(
            letter -> assertEquals(letter, ContentCodec.decode(ContentCodec.encode(letter))));
  }

  @FuzzTest
  void envelope(byte[] input) {
    read("envelope", () -> Envelope.decode(Bytes.of(input)))
        .ifPresent(envelope -> assertArrayEquals(input, envelope.encode()));
  }

  @FuzzTest
  void ageHeader(byte[] input) {
    read("ageHeader", () -> AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(input)))
        .ifPresent(AgeReader::close);
  }

  @FuzzTest
  void ageIdentity(byte[] input) {
    read("ageIdentity", () -> AgeIdentity.parse(SUITE.agreement(), Secret.copyOf(input)))
        .ifPresent(identity -> assertEquals(Secret.copyOf(input), identity.text()));
  }

  @FuzzTest
  void ageRecipient(byte[] input) {
    read("ageRecipient", () -> AgeIdentity.parseRecipient(text(input)))
        .ifPresent(key -> assertEquals(32, key.length()));
  }

  @FuzzTest
  void safeName(byte[] input) {
    read("safeName", () -> SafeName.of(text(input)))
        .ifPresent(
            name -> {
              assertEquals(name, SafeName.of(name));
              assertEquals(folder, folder.resolve(name).normalize().getParent(), name);
              assertTrue(name.getBytes(StandardCharsets.UTF_8).length <= SafeName.LIMIT, name);
            });
  }

  @FuzzTest
  void sendersLeafLog(byte[] input) throws IOException {
    Path log = Files.write(folder.resolve("blob.leaves"), input);
    read("sendersLeafLog", () -> LeafLog.resume(log))
        .ifPresent(
            leaves -> {
              try (leaves) {
                for (long part = 0; part < leaves.count(); part++) {
                  leaves.leaf(part);
                }
              }
            });
  }

  /** A tar whose headers have right sums, which no mutation would get right. */
  @FuzzTest
  void tar(byte[] input) throws IOException {
    Path own = Files.createDirectories(folder.resolve("tar"));
    Path beside = Files.write(own.resolve("beside"), new byte[] {7});
    Path part = own.resolve("name.part");
    try (Unpacker unpacker = new Unpacker(part, "name")) {
      read(
          "tar",
          () -> {
            unpacker.accept(ByteBuffer.wrap(summed(input)));
            return unpacker.complete("name", OnClash.RENAME).orElseThrow();
          });
    }
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(beside));
    try (Stream<Path> there = Files.list(own)) {
      List<String> names = there.map(path -> path.getFileName().toString()).sorted().toList();
      assertTrue(
          names.equals(List.of("beside", "name")) || names.equals(List.of("beside", "name.part")),
          names::toString);
    }
    delete(own);
  }

  private static byte[] summed(byte[] tar) {
    byte[] blocks = Arrays.copyOf(tar, (tar.length + BLOCK - 1) / BLOCK * BLOCK);
    for (int at = 0; at < blocks.length; at += BLOCK) {
      Arrays.fill(blocks, at + SUM, at + SUM + 8, (byte) ' ');
      int sum = 0;
      for (int i = at; i < at + BLOCK; i++) {
        sum += blocks[i] & 0xff;
      }
      if (sum > 8 * ' ') {
        byte[] octal = String.format("%06o", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, blocks, at + SUM, octal.length);
        blocks[at + SUM + 6] = 0;
      } else {
        Arrays.fill(blocks, at + SUM, at + SUM + 8, (byte) 0);
      }
    }
    return blocks;
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
