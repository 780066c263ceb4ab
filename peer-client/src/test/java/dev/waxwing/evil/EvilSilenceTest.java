package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files of which nothing comes, as many as a device has connections for. */
class EvilSilenceTest extends FileStage {
  @Test
  void downloadsOfWhichNothingComesStopNoOtherTransfer() {
    List<BlobId> silent = new ArrayList<>();
    for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
      silent.add(offered(file(100)));
    }
    evil.play(
        it -> {
          if (!slice(it) && !it.to(bob.user, RelayMessage.End.class)) {
            it.pass();
          }
        });
    for (BlobId blob : silent) {
      bob.peer()
          .receive(
              new ReceiveRequest(blob, place.toString(), null, ReceiveRequest.Conflict.RENAME));
    }
    Someone.until(
        "a request for each",
        () -> evil.passed(it -> it.from(bob.user, PeerMessage.Get.class)).count() >= silent.size());
    BlobId sent =
        bob.peer()
            .send(new SendRequest(List.of(alice.user), List.of(file(100).toString()), null, ""))
            .id();
    Someone.until(
        "the offer", () -> alice.peer().offers().stream().anyMatch(one -> one.id().equals(sent)));
    evil.behave();
    evil.hangUp(bob.user);
    for (BlobId blob : silent) {
      Transfer then = bob.peer().awaitTransfer(blob, TransferState.DONE, Someone.PATIENCE_MILLIS);
      assertEquals(TransferState.DONE, then.state(), then::toString);
    }
  }
}
