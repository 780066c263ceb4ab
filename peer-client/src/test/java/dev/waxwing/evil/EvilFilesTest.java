package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files on their way to the receiver: changed, cut or mixed up. */
class EvilFilesTest extends FileStage {
  @Test
  @Case(
      id = "E60",
      relay = "flips one bit of a file: in its header, its first chunk, its last byte",
      peer = "the transfer fails, the file gets no name; taken again it is right")
  void aFlippedBitIsFound() throws IOException {
    Path file = file(PART + 70_000);
    for (int at : new int[] {5, 60, WireLimits.AGE_PREFIX + 7, -1}) {
      BlobId blob = offered(file);
      long last = at < 0 ? 1 : 0;
      evil.play(
          it -> {
            if (slice(it)
                && ((Slice) it.message()).part() == last
                && (at < 0 || ((Slice) it.message()).at() == 0)) {
              byte[] body = it.body();
              body[at < 0 ? body.length - 1 : at] ^= 1;
              it.pass(body);
            } else {
              it.pass();
            }
          });
      refused(
          blob,
          FaultCode.AGE_PAYLOAD,
          FaultCode.AGE_HEADER_INVALID,
          FaultCode.AGE_HEADER_MAC,
          FaultCode.AGE_NO_MATCH,
          FaultCode.AGE_UNSUPPORTED);
      arrivesAfterAll(blob, file);
      Files.delete(place.resolve(file.getFileName()));
    }
  }

  @Test
  @Case(
      id = "E61",
      relay = "leaves the last part out and says that this is the end",
      peer = "the file gets no name")
  void aFileWithoutItsEndGetsNoName() throws IOException {
    Path file = file(2 * PART + 100);
    BlobId blob = offered(file);
    evil.play(
        it -> {
          if (slice(it) && ((Slice) it.message()).part() == 2) {
            return;
          }
          if (it.to(bob.user, RelayMessage.End.class)) {
            long cut = WireLimits.ciphertextSize(2L * PART);
            it.line().say(new RelayMessage.End(blob, 2, cut));
          } else {
            it.pass();
          }
        });
    refused(blob, FaultCode.ROOT_MISMATCH);
    arrivesAfterAll(blob, file);
  }

  @Test
  @Case(
      id = "E62",
      relay = "exchanges two parts, or repeats one in another's place",
      peer = "the transfer fails, the file gets no name; taken again it is right")
  void partsInOthersPlacesAreFound() throws IOException {
    for (boolean exchange : new boolean[] {true, false}) {
      Path file = file(4 * PART);
      BlobId blob = offered(file);
      List<Passing> first = new ArrayList<>();
      evil.play(
          it -> {
            if (!slice(it)) {
              it.pass();
              return;
            }
            Slice slice = (Slice) it.message();
            if (slice.part() == 1) {
              first.add(it);
              if (!exchange) {
                it.pass();
              }
            } else if (slice.part() == 2) {
              // Part 2 under the number of part 1, then the other way round.
              if (exchange) {
                it.line().say(new Slice(blob, 1, slice.at(), slice.of()), it.body());
              } else {
                int index = slice.at() / WireLimits.SLICE;
                it.line().say(new Slice(blob, 2, slice.at(), slice.of()), first.get(index).body());
              }
            } else {
              it.pass();
            }
          });
      refused(blob, FaultCode.AGE_PAYLOAD, FaultCode.BLOB_CONFLICT);
      arrivesAfterAll(blob, file);
      Files.delete(place.resolve(file.getFileName()));
    }
  }

  @Test
  @Case(
      id = "E63",
      relay = "sends a slice twice, one of a later part, one at a wrong place, one too long",
      peer = "the transfer fails, the file gets no name; taken again it is right")
  void slicesOutOfPlaceAreRefused() throws IOException {
    Path file = file(2 * PART);
    for (int wrong = 0; wrong < 4; wrong++) {
      int kind = wrong;
      BlobId blob = offered(file);
      boolean[] done = {false};
      evil.play(
          it -> {
            it.pass();
            if (slice(it) && !done[0]) {
              done[0] = true;
              Slice slice = (Slice) it.message();
              switch (kind) {
                case 0 -> it.pass();
                case 1 -> it.line().say(new Slice(blob, 1, 0, slice.of() - 184), it.body());
                case 2 -> it.line().say(new Slice(blob, 0, 7, slice.of()), it.body());
                default -> it.line().say(new Slice(blob, 0, slice.of() - 1, slice.of()), it.body());
              }
            }
          });
      refused(blob, FaultCode.BLOB_CONFLICT);
      arrivesAfterAll(blob, file);
      Files.delete(place.resolve(file.getFileName()));
    }
  }

  @Test
  @Case(
      id = "E66",
      relay = "says where the end is, too early, too late, at once, twice",
      peer = "the file gets no name before it is whole")
  void anEndThatIsNoneIsRefused() throws IOException {
    Path file = file(2 * PART);
    for (long parts : new long[] {1, 3, 1_000_000}) {
      BlobId blob = offered(file);
      evil.play(
          it -> {
            if (it.to(bob.user, RelayMessage.End.class)) {
              it.line()
                  .say(
                      new RelayMessage.End(
                          blob, parts, WireLimits.ciphertextSize(parts * (long) PART)));
            } else {
              it.pass();
            }
          });
      refused(blob, FaultCode.BLOB_CONFLICT);
      arrivesAfterAll(blob, file);
      Files.delete(place.resolve(file.getFileName()));
    }
  }

  /** With these a reader asks its sender for another copy. */
  private static final Set<FaultCode> GONE =
      EnumSet.of(
          FaultCode.SOURCE_GONE,
          FaultCode.BLOB_UNKNOWN,
          FaultCode.BLOB_EXPIRED,
          FaultCode.BLOB_CORRUPT);

  @Test
  @Case(
      id = "E80",
      relay = "says of each copy that its parts are gone",
      peer = "three more copies, then both are told that it failed; no name")
  void partsThatAreAlwaysGoneEndIt() throws IOException {
    Path file = file(1_000);
    BlobId first = offered(file);
    evil.play(
        it -> {
          if (slice(it)) {
            it.line()
                .say(
                    new RelayMessage.Refused(
                        null, null, ((Slice) it.message()).blob(), FaultCode.SOURCE_GONE, "", 0));
          } else if (!(it.line().data() && it.to(bob.user, RelayMessage.End.class))) {
            it.pass();
          }
        });
    bob.peer()
        .receive(new ReceiveRequest(first, place.toString(), null, ReceiveRequest.Conflict.RENAME));
    Someone.until(
        "its end",
        () ->
            bob.peer().transfers().stream()
                .allMatch(
                    one ->
                        one.state() == TransferState.CANCELLED
                            || one.problem() != null
                                && one.problem().code() == FaultCode.TRANSFER_NOT_RESUMABLE));
    assertEquals(4, alice.peer().transfers().size());
    assertEquals(List.of(), named());
  }

  @Test
  @Case(
      id = "E67",
      relay = "refuses the reader with one code of each kind, and with all that pass",
      peer = "fails, or waits to try again; never a name")
  void everyRefusalOfAReaderIsAnOutcome() throws IOException {
    Path file = file(1_000);
    Set<FaultCode> codes = EnumSet.noneOf(FaultCode.class);
    for (FaultCode.Kind kind : FaultCode.Kind.values()) {
      Stream.of(FaultCode.values())
          .filter(one -> one.kind() == kind && !GONE.contains(one))
          .findFirst()
          .ifPresent(codes::add);
    }
    codes.addAll(
        List.of(
            FaultCode.RELAY_TIMEOUT,
            FaultCode.RATE_LIMITED,
            FaultCode.STORE_STOPPED,
            FaultCode.BLOB_QUOTA,
            FaultCode.FRAME_UNEXPECTED,
            FaultCode.ROOT_MISMATCH));
    for (FaultCode code : codes) {
      BlobId blob = offered(file);
      evil.forget();
      evil.play(
          it -> {
            if (it.line().isOf(bob.user) && it.line().data() && slice(it)) {
              it.line().say(new RelayMessage.Refused(null, null, blob, code, "because", 0));
            } else if (!(it.line().data() && it.to(bob.user, RelayMessage.End.class))) {
              it.pass();
            }
          });
      bob.peer()
          .receive(
              new ReceiveRequest(blob, place.toString(), null, ReceiveRequest.Conflict.RENAME));
      Someone.until(
          code.name(),
          () -> {
            Transfer now = bob.peer().transfer(blob);
            return now.problem() != null && now.problem().code() == code;
          });
      assertEquals(List.of(), named());
      evil.behave();
      bob.peer().cancel(blob);
      alice.peer().cancel(blob);
    }
  }

  @Test
  @Case(id = "E68", relay = "sends parts of another blob in between", peer = "passes them over")
  void slicesOfAnotherBlobArePassedOver() throws IOException {
    Path file = file(PART);
    BlobId blob = offered(file);
    BlobId stranger = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    evil.play(
        it -> {
          if (slice(it)) {
            Slice slice = (Slice) it.message();
            it.line().say(new Slice(stranger, slice.part(), slice.at(), slice.of()), it.body());
            it.line().say(new RelayMessage.End(stranger, 1, 300));
          }
          it.pass();
        });
    assertEquals(TransferState.DONE, take(blob).state());
    assertArrayEquals(
        Files.readAllBytes(file), Files.readAllBytes(place.resolve(file.getFileName())));
  }
}
