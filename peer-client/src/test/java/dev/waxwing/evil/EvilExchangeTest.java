package dev.waxwing.evil;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.message.BlobId;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Files the relay exchanges for others, also with what a receiver of them knows. */
class EvilExchangeTest extends FileStage {
  @Test
  @Case(
      id = "E64",
      relay = "sends the parts of another file of the same sender",
      peer = "they are not for this file's key: it fails and gets no name")
  void partsOfAnotherFileAreRefused() throws IOException {
    Path one = file(PART / 2);
    Path other = file(PART / 2);
    BlobId otherBlob = offered(other);
    evil.forget();
    take(otherBlob);
    List<Passing> others = evil.passed(this::slice).toList();
    assertFalse(others.isEmpty());
    Files.delete(place.resolve(other.getFileName()));
    BlobId blob = offered(one);
    int[] next = {0};
    evil.play(
        it -> {
          if (slice(it)) {
            it.pass(others.get(next[0]++).body());
          } else {
            it.pass();
          }
        });
    refused(blob, FaultCode.AGE_NO_MATCH);
    arrivesAfterAll(blob, one);
  }

  /** Every receiver of a file has its key; this is how it reads at its sender's. */
  private Bytes recipientOf(BlobId blob) {
    return AgeIdentity.parse(
            HonestRelay.SUITE.agreement(),
            Secret.take(alice.peer().revealKey(blob).getBytes(US_ASCII)))
        .recipient();
  }

  /** The slices of a first part sealed to this recipient, as an upload cuts them. */
  private List<byte[]> sealed(Bytes recipient, byte[] plaintext, boolean last) {
    List<byte[]> slices = new ArrayList<>();
    ByteBuffer out = ByteBuffer.allocate(WireLimits.MAX_PART);
    try (AgeWriter writer =
        AgeWriter.of(HonestRelay.SUITE, recipient, Secret.take(Impostor.bytes(32)))) {
      writer.sealPart(0, ByteBuffer.wrap(plaintext), last, out);
    }
    byte[] part = Arrays.copyOf(out.array(), out.position());
    for (int at = 0; at < part.length; ) {
      int length = Math.min(part.length - at, WireLimits.SLICE + (at == 0 ? 184 : 0));
      slices.add(Arrays.copyOfRange(part, at, at + length));
      at += length;
    }
    return slices;
  }

  @Test
  @Case(
      id = "E65",
      relay = "exchanges the whole file for another, with the key of one of its receivers",
      peer = "it is not what the sender named: no name; taken again it is right")
  void anotherFileUnderTheSameKeyGetsNoName() throws IOException {
    Someone mallory = another("mallory");
    acquaint(alice, mallory);
    Path file = file(PART / 2);
    BlobId blob = offered(file, mallory);
    List<byte[]> foreign = sealed(recipientOf(blob), bytes(PART / 2), true);
    int[] next = {0};
    evil.play(
        it -> {
          if (slice(it) && next[0] < foreign.size()) {
            it.pass(foreign.get(next[0]++));
          } else {
            it.pass();
          }
        });
    refused(blob, FaultCode.ROOT_MISMATCH);
    assertEquals(foreign.size(), next[0]);
    arrivesAfterAll(blob, file);
  }

  @Test
  @Case(
      id = "E78",
      relay = "exchanges the first part for one made with the key of one of its receivers",
      peer = "found at the second at the latest; taken again, nothing of it is left")
  void aPartUnderTheSameKeyIsFoundAndNotKept() throws IOException {
    Someone mallory = another("mallory");
    acquaint(alice, mallory);
    Path file = file(PART + 1_000);
    BlobId blob = offered(file, mallory);
    List<byte[]> foreign = sealed(recipientOf(blob), bytes(PART), false);
    int[] next = {0};
    evil.play(
        it -> {
          if (slice(it) && next[0] < foreign.size()) {
            it.pass(foreign.get(next[0]++));
          } else {
            it.pass();
          }
        });
    refused(blob, FaultCode.AGE_PAYLOAD);
    assertEquals(foreign.size(), next[0]);
    arrivesAfterAll(blob, file);
  }

  @Test
  @Case(
      id = "E69",
      relay = "searches all it ever saw for a file's key, its recipient, its name, its text",
      peer = "neither is in any frame, as bytes, in hexadecimal or in base64")
  void noFrameHasAFilesKeyOrRecipient() throws IOException {
    evil.forget();
    Path file = folder.resolve("a-name-nobody-else-has-" + files + ".txt");
    Files.writeString(file, "words that are in no frame ".repeat(50));
    BlobId blob = offered(file);
    assertEquals(TransferState.DONE, take(blob).state());
    AgeIdentity identity =
        AgeIdentity.parse(
            HonestRelay.SUITE.agreement(),
            Secret.take(alice.peer().revealKey(blob).getBytes(US_ASCII)));
    Set<String> secrets =
        Set.of(
            identity.recipientText(),
            new String(identity.text().exposeCopy(), US_ASCII),
            file.getFileName().toString(),
            "words that are in no frame",
            latin(identity.recipient().toArray()),
            latin(identity.secret().exposeCopy()),
            identity.recipient().toBase64(),
            Bytes.of(identity.secret().exposeCopy()).toBase64());
    List<Passing> all = evil.passed();
    assertTrue(all.stream().anyMatch(this::slice));
    for (Passing it : all) {
      String frame = latin(it.frame().array());
      secrets.forEach(secret -> assertFalse(frame.contains(secret), () -> it.message().toString()));
    }
    // The search finds what is there.
    assertTrue(all.stream().anyMatch(it -> latin(it.frame().array()).contains(blob.toString())));
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
