package dev.waxwing.peer.age;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The community's test kit (C2SP/CCTV, age/testdata) against our reader. */
class AgeTestKitTest {
  private static final List<String> OURS =
      List.of("x25519", "stream_", "stanza_", "hmac_", "header_", "version_");

  @TestFactory
  Stream<DynamicTest> everyCaseOfOurKindEndsAsTheKitSays() throws IOException {
    List<Path> cases = cases(true);
    assertEquals(50, cases.size());
    return cases.stream().map(file -> DynamicTest.dynamicTest(name(file), () -> run(file)));
  }

  @TestFactory
  Stream<DynamicTest> everyOtherCaseIsRefusedWithACode() throws IOException {
    List<Path> cases = cases(false);
    assertEquals(62, cases.size());
    return cases.stream().map(file -> DynamicTest.dynamicTest(name(file), () -> refused(file)));
  }

  @Test
  void whatIsGivenOutPartByPartIsAPrefixInWholePartsOfWhatTheKitAllows() throws Exception {
    int checked = 0;
    for (Path file : cases(true)) {
      Case one = Case.read(file);
      ByteBuffer in = ByteBuffer.wrap(one.file());
      ByteBuffer byChunk = ByteBuffer.allocate(one.file().length + WireLimits.CHUNK);
      ByteBuffer byPart = ByteBuffer.allocate(one.file().length + AgeWriter.PART_PLAINTEXT);
      try (AgeReader reader = open(one, in);
          AgeReader parts = open(one, ByteBuffer.wrap(one.file()))) {
        if (reader.prefixLength() != WireLimits.AGE_PREFIX) {
          continue;
        }
        FaultCode chunkEnd = code(() -> AgeFiles.read(reader, in, byChunk));
        FaultCode partEnd = code(() -> readParts(parts, one.file(), byPart));
        assertEquals(chunkEnd, partEnd, name(file));
        byte[] released = Arrays.copyOf(byPart.array(), byPart.position());
        assertEquals(
            -1, Arrays.mismatch(released, Arrays.copyOf(byChunk.array(), released.length)));
        assertTrue(partEnd != null || byPart.position() == byChunk.position(), name(file));
        checked++;
      } catch (Fault e) {
        continue;
      }
    }
    assertEquals(22, checked);
  }

  private static void readParts(AgeReader reader, byte[] file, ByteBuffer out) {
    boolean last = false;
    int at = 0;
    for (long part = 0; at < file.length || !last; part++) {
      int length = Math.min(WireLimits.partLength(part), file.length - at);
      ByteBuffer room = out.slice(out.position(), AgeWriter.PART_PLAINTEXT);
      last = reader.openPart(part, ByteBuffer.wrap(file, at, length), room);
      out.position(out.position() + room.position());
      at += length;
    }
  }

  private static void run(Path file) throws Exception {
    Case one = Case.read(file);
    String end = "success";
    ByteBuffer in = ByteBuffer.wrap(one.file());
    ByteBuffer out = ByteBuffer.allocate(one.file().length + WireLimits.CHUNK);
    try (AgeReader reader = open(one, in)) {
      AgeFiles.read(reader, in, out);
    } catch (Fault e) {
      end =
          switch (e.code()) {
            case AGE_HEADER_INVALID -> "header failure";
            case AGE_UNSUPPORTED ->
                name(file).equals("version_unsupported") ? "header failure" : "unsupported";
            case AGE_NO_MATCH -> "no match";
            case AGE_HEADER_MAC -> "HMAC failure";
            case AGE_PAYLOAD -> "payload failure";
            default -> throw e;
          };
    }
    assertEquals(one.headers().get("expect"), end);
    String payload = one.headers().get("payload");
    if (payload != null) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(out.array(), 0, out.position());
      assertEquals(payload, HexFormat.of().formatHex(sha256.digest()));
    } else {
      assertEquals(0, out.position());
    }
  }

  private static void refused(Path file) throws Exception {
    Case one = Case.read(file);
    FaultCode code = assertThrows(Fault.class, () -> open(one, ByteBuffer.wrap(one.file()))).code();
    String name = name(file);
    boolean begunAsArmor =
        new String(one.file(), StandardCharsets.ISO_8859_1)
            .startsWith("-----BEGIN AGE ENCRYPTED FILE-----\n");
    if (begunAsArmor || name.startsWith("hybrid") || name.startsWith("scrypt")) {
      assertEquals(FaultCode.AGE_UNSUPPORTED, code);
    } else {
      assertTrue(
          List.of(FaultCode.AGE_UNSUPPORTED, FaultCode.AGE_HEADER_INVALID).contains(code),
          code.name());
    }
  }

  private static AgeReader open(Case one, ByteBuffer in) {
    String identity = one.headers().get("identity");
    return AgeReader.open(
        AgeFiles.SUITE,
        identity == null
            ? AgeFiles.identity(1)
            : AgeIdentity.parse(
                AgeFiles.SUITE.agreement(),
                Secret.take(identity.getBytes(StandardCharsets.US_ASCII))),
        in);
  }

  private static @Nullable FaultCode code(Runnable action) {
    try {
      action.run();
      return null;
    } catch (Fault e) {
      return e.code();
    }
  }

  private static List<Path> cases(boolean ours) throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "vectors"), "age");
    assumeTrue(Files.isDirectory(folder), "the age test kit is not there: set -Dvectors=DIR");
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(file -> !name(file).startsWith("README"))
          .filter(file -> ours == OURS.stream().anyMatch(name(file)::startsWith))
          .sorted()
          .toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private record Case(Map<String, String> headers, byte[] file) {
    static Case read(Path path) throws IOException {
      byte[] all = Files.readAllBytes(path);
      Map<String, String> headers = new HashMap<>();
      int at = 0;
      while (all[at] != '\n') {
        int end = at;
        while (all[end] != '\n') {
          end++;
        }
        String line = new String(all, at, end - at, StandardCharsets.UTF_8);
        int colon = line.indexOf(": ");
        headers.put(line.substring(0, colon), line.substring(colon + 2));
        at = end + 1;
      }
      byte[] body = Arrays.copyOfRange(all, at + 1, all.length);
      if ("zlib".equals(headers.get("compressed"))) {
        body = new InflaterInputStream(new ByteArrayInputStream(body)).readAllBytes();
      }
      return new Case(headers, body);
    }
  }
}
