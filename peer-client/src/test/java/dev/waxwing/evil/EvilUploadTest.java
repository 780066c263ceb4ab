package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Files on their way to the relay: what it says of them, true or not. */
class EvilUploadTest extends EvilStage {
  private static final int PART = AgeWriter.PART_PLAINTEXT;

  private int files;

  private Path file(int length) throws IOException {
    return Files.write(folder.resolve("up" + ++files + ".bin"), bytes(length));
  }

  private BlobId send(Path file) {
    return alice
        .peer()
        .send(new SendRequest(List.of(bob.user), List.of(file.toString()), null, ""))
        .id();
  }

  private Transfer ended(BlobId blob) {
    return alice.peer().awaitTransfer(blob, TransferState.AT_RELAY, Someone.PATIENCE_MILLIS);
  }

  @Test
  @Case(
      id = "E70",
      relay = "says that it holds parts that were never sent",
      peer = "fails as a conflict; the receiver hears that it is off")
  void partsNeverSentAreNotTakenAsKept() throws IOException {
    acquaint();
    for (long part : new long[] {1, 5, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      evil.play(
          it -> {
            if (it.message() instanceof RelayMessage.PutFrom from) {
              it.line().say(new RelayMessage.PutFrom(from.blob(), part));
            } else {
              it.pass();
            }
          });
      BlobId blob = send(file(PART + 10));
      Transfer then = ended(blob);
      assertEquals(TransferState.FAILED, then.state(), then::toString);
      assertEquals(FaultCode.BLOB_CONFLICT, then.problem().code(), then::toString);
    }
  }

  @Test
  @Case(
      id = "E71",
      relay = "says that it keeps more parts than there are",
      peer = "progress stays within the file")
  void keptBeyondTheEndIsNoProgress() throws IOException {
    acquaint();
    evil.play(
        it -> {
          if (it.message() instanceof RelayMessage.PutFrom from) {
            it.pass();
            for (long upTo : new long[] {-5, 1L << 40, 1L << 50, Long.MAX_VALUE}) {
              it.line().say(new RelayMessage.Kept(from.blob(), upTo));
            }
          } else {
            it.pass();
          }
        });
    List<Transfer> seen = new ArrayList<>();
    BlobId blob = send(file(6 * PART));
    Someone.until(
        "its end",
        () -> {
          Transfer now = alice.peer().transfer(blob);
          seen.add(now);
          return now.state() == TransferState.AT_RELAY || now.state().ended();
        });
    assertEquals(TransferState.AT_RELAY, alice.peer().transfer(blob).state());
    assertTrue(
        seen.stream()
            .allMatch(it -> it.progress().done() >= 0 && it.progress().done() <= 6L * PART),
        () -> seen.stream().map(Transfer::progress).distinct().toList().toString());
  }

  @Test
  @Case(
      id = "E72",
      relay = "says sealed before it was asked, and keeps nothing",
      peer = "at the relay at most, not done: that only the receiver says")
  void sealedIsNotDone() throws IOException {
    acquaint();
    evil.play(
        it -> {
          if (it.message() instanceof RelayMessage.PutFrom from) {
            it.pass();
            it.line().say(new RelayMessage.Sealed(from.blob()));
          } else if (!it.from(alice.user, PeerMessage.Seal.class)) {
            it.pass();
          }
        });
    BlobId blob = send(file(PART));
    assertEquals(TransferState.AT_RELAY, ended(blob).state());
  }

  @Test
  @Case(
      id = "E73",
      relay = "calls a blob it never sealed a conflict: everybody has it",
      peer = "failed, not done")
  void aConflictIsNotDone() throws IOException {
    acquaint();
    evil.play(
        it -> {
          if (it.message() instanceof PeerMessage.CreateBlob ask) {
            it.line()
                .say(
                    new RelayMessage.Refused(
                        ask.ref(), null, null, FaultCode.BLOB_CONFLICT, "", 0));
          } else {
            it.pass();
          }
        });
    Transfer then = ended(send(file(PART)));
    assertEquals(TransferState.FAILED, then.state(), then::toString);
    assertEquals(FaultCode.BLOB_CONFLICT, then.problem().code());
  }

  @Test
  @Case(
      id = "E74",
      relay = "says again and again that the receiver was detached",
      peer = "a bounded number of copies is made without a person's wish")
  void detachedWithoutEndMakesFewCopies() throws IOException {
    acquaint();
    BlobId first = send(file(1_000));
    ended(first);
    Address device = new Address(bob.user, bob.peer().self().device());
    for (int round = 0; round < 12; round++) {
      int copies = alice.peer().transfers().size();
      List<Transfer> open =
          alice.peer().transfers().stream().filter(one -> !one.state().ended()).toList();
      if (open.isEmpty()) {
        break;
      }
      BlobId blob = open.get(0).id();
      ended(blob);
      evil.line(alice.user).say(new RelayMessage.Detached(blob, device));
      Someone.until(
          "what comes of it",
          () ->
              alice.peer().transfers().size() > copies
                  || alice.peer().transfer(blob).state().ended());
    }
    int copies = alice.peer().transfers().size();
    assertTrue(copies <= 4, () -> copies + " copies of one file");
  }

  @Test
  @Case(
      id = "E75",
      relay = "says ten thousand times that somebody was detached from blobs there are not",
      peer = "passes it over")
  void detachedFromNothingIsPassedOver() throws IOException {
    acquaint();
    Address device = new Address(bob.user, bob.peer().self().device());
    Line line = evil.line(alice.user);
    for (int i = 0; i < 10_000; i++) {
      line.say(new RelayMessage.Detached(new BlobId(Bytes.of(bytes(BlobId.LENGTH))), device));
    }
    alice.tells(bob, "after that");
    assertEquals(TransferState.AT_RELAY, ended(send(file(100))).state());
    assertEquals(1, alice.peer().transfers().size());
  }

  @Test
  @Case(
      id = "E77",
      relay = "answers who opens a data connection with what is no answer",
      peer = "each such connection is closed; sent again, the file goes")
  void aDataConnectionThatIsNoneIsClosed() throws IOException {
    acquaint();
    List<Line> opened = new CopyOnWriteArrayList<>();
    evil.play(
        it -> {
          if (it.message() instanceof RelayMessage.Bound && it.line().isOf(alice.user)) {
            opened.add(it.line());
            switch (opened.size() % 3) {
              case 1 ->
                  it.line()
                      .say(
                          new RelayMessage.Refused(
                              null, null, null, FaultCode.RELAY_FULL, "later", 0));
              case 2 -> it.line().say(new RelayMessage.Done(1));
              default -> it.line().sayHeader("{\"t\":\"nothing\"}");
            }
          } else {
            it.pass();
          }
        });
    BlobId blob = send(file(100));
    Someone.until("three connections", () -> opened.size() >= 3);
    Someone.until("their end", () -> opened.stream().noneMatch(Line::open));
    Someone.until("its own end", () -> state(blob).ended());
    evil.behave();
    BlobId again = alice.peer().retry(blob).id();
    assertEquals(TransferState.AT_RELAY, ended(again).state());
  }

  private TransferState state(BlobId blob) {
    return alice.peer().transfer(blob).state();
  }

  @Test
  @Case(
      id = "E76",
      relay = "refuses the uploader with every code there is",
      peer = "fails with it or tries again; never done")
  void everyRefusalOfAnUploaderIsAnOutcome() throws IOException {
    acquaint();
    Path file = file(1_000);
    for (FaultCode code : FaultCode.values()) {
      evil.play(
          it -> {
            if (it.message() instanceof RelayMessage.PutFrom from) {
              it.line().say(new RelayMessage.Refused(null, null, from.blob(), code, "because", 0));
            } else {
              it.pass();
            }
          });
      BlobId blob = send(file);
      Someone.until(
          code.name(),
          () -> {
            Transfer now = alice.peer().transfer(blob);
            return now.problem() != null && now.problem().code() == code
                || code == FaultCode.BLOB_DETACHED && now.state() == TransferState.FAILED;
          });
      alice.peer().cancel(blob);
      assertTrue(alice.peer().transfer(blob).state() != TransferState.DONE);
    }
  }
}
