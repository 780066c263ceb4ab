package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that ended at the end of a transfer left to do is done by the next, and once. */
class FinishedTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");

  @TempDir Path folder;

  @Test
  void whatAFileThatIsDoneLeftBehindGoesWithTheNextStart() throws Exception {
    MemoryHost host = new MemoryHost(folder);
    Path part = Files.createFile(folder.resolve("a.txt.part"));
    Path leaves = Files.createFile(folder.resolve("a.txt.part.leaves"));
    host.put(
        new Receiving(
            new Content.Offer(
                BLOB, Bytes.of(new byte[32]), "a.txt", Content.Shape.FILE, 5, 0, "", null),
            MemoryHost.device(BOB),
            Stage.DONE,
            new Receiving.Target(folder.toString(), null, OnClash.RENAME, null),
            null,
            null,
            0,
            1,
            null));
    host.store(
        tx -> {
          Work.leaveToFinish(tx, BLOB, part);
          return true;
        });
    for (int start = 0; start < 2; start++) {
      try (Transfers transfers = new Transfers(host, Suite.wx1(), byte[]::new)) {
        transfers.resumeAll();
        host.await("its end", () -> host.store(tx -> tx.value("finishing/" + BLOB)).isEmpty());
      }
    }
    assertFalse(Files.exists(part) || Files.exists(leaves));
    assertEquals(List.of(new PeerMessage.FinishBlob(1, BLOB)), host.asked);
  }

  @Test
  void anOfferIsToldOnceThoughItsSenderEndedBeforeItNotedThat() {
    MemoryHost host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    for (int start = 0; start < 2; start++) {
      try (Transfers transfers = new Transfers(host, Suite.wx1(), byte[]::new)) {
        transfers.resumeAll();
        host.await("the offer", () -> host.store(tx -> tx.value("offered/" + BLOB)).isPresent());
      }
      host.store(
          tx -> {
            tx.removeValue("offered/" + BLOB);
            return true;
          });
    }
    assertEquals(1, host.told(BOB).size());
  }
}
