package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.FileSource;
import dev.waxwing.peer.files.FileStamp;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sender makes of a relay that will not make the blob again. */
class SealedUploadTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");
  private static final Sending.Sealed WHOLE = new Sending.Sealed(Bytes.of(new byte[32]), 205);

  @TempDir Path folder;

  private MemoryHost host;
  private Transfers transfers;

  @BeforeEach
  void open() {
    host = new MemoryHost(folder);
    transfers = new Transfers(host, Suite.wx1(), byte[]::new);
    host.know(BOB, 1, Trust.NEW);
    host.onCreate =
        () -> {
          throw new Fault(FaultCode.BLOB_CONFLICT, "that blob ID is or was in use");
        };
  }

  @AfterEach
  void close() {
    transfers.close();
  }

  private Sending sealed(Sending.Sealed sealed) {
    Sending row = host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    host.put(row.with(sealed));
    return row;
  }

  /** The same, read from something else. */
  private void sealed(Sending.From from, Sending.Sealed sealed) {
    Sending row = sealed(sealed);
    host.put(
        new Sending(
            row.blob(),
            row.keys(),
            from,
            row.name(),
            row.caption(),
            row.people(),
            row.stage(),
            row.counts(),
            sealed,
            null,
            row.started(),
            null));
  }

  private Sending settled() {
    transfers.resumeAll();
    host.await("its end", () -> !host.sending(BLOB).stage().underWay());
    return host.sending(BLOB);
  }

  @Test
  void whatTheRelayHadForTheseDevicesIsWithEverybody() {
    sealed(WHOLE.kept(List.of(MemoryHost.device(BOB))));
    assertEquals(Stage.AT_RELAY, settled().stage());
  }

  @Test
  void whatTheRelayHasIsNotReadAgainAndNotTakenBackWhenItWasEditedSince() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "hello");
    FileStamp stamp;
    try (FileSource source = FileSource.open(file)) {
      stamp = source.stamp();
    }
    Files.writeString(file, "hello, and more");
    sealed(
        new Sending.From(Sending.Kind.FILE, file.toString(), stamp),
        WHOLE.kept(List.of(MemoryHost.device(BOB))));
    Sending end = settled();
    assertEquals(Stage.AT_RELAY, end.stage());
    assertEquals(Stage.AT_RELAY, end.people().get(0).stage());
    assertEquals(5, end.counts().kept());
    assertEquals(List.of(), host.told(BOB));
    assertEquals(List.of(), host.asked);
  }

  @Test
  void aStreamOfWhichTheRelayHasAllIsNotTakenBackByTheNextProcess() {
    Sending.From stream = new Sending.From(Sending.Kind.STREAM, "", null);
    sealed(stream, WHOLE.kept(List.of(MemoryHost.device(BOB))));
    assertEquals(Stage.AT_RELAY, settled().stage());
  }

  @Test
  void aStreamThatTheRelayNeverSaidItHasIsTakenBack() {
    sealed(new Sending.From(Sending.Kind.STREAM, "", null), WHOLE);
    Sending end = settled();
    assertEquals(Stage.FAILED, end.stage());
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, end.problem().code());
  }

  @Test
  void whatTheRelayNeverSaidItHadIsWithNobody() {
    sealed(WHOLE);
    Sending end = settled();
    assertEquals(Stage.FAILED, end.stage());
    assertEquals(FaultCode.BLOB_CONFLICT, end.problem().code());
  }

  @Test
  void whatHasAllLeftAndIsGoneFromTheRelayIsWithWhoeverFinished() {
    host.onCreate =
        () -> {
          throw new Fault(FaultCode.BLOB_UNKNOWN, "that blob was here once");
        };
    sealed(WHOLE);
    Sending end = settled();
    assertEquals(Stage.AT_RELAY, end.stage());
    assertTrue(end.sealed().keptFor(List.of(MemoryHost.device(BOB))), "or it is read once more");
    assertEquals(
        List.of(), host.told(BOB).stream().filter(Content.Withdraw.class::isInstance).toList());
  }

  @Test
  void whatIsGoneFromTheRelayBeforeAllHasLeftIsWithNobody() {
    host.onCreate =
        () -> {
          throw new Fault(FaultCode.BLOB_UNKNOWN, "that blob was here once");
        };
    host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    Sending end = settled();
    assertEquals(Stage.FAILED, end.stage());
    assertEquals(FaultCode.BLOB_UNKNOWN, end.problem().code());
  }

  @Test
  void whatTheRelayHadForOtherDevicesIsWithNobody() {
    Address other = MemoryHost.device(new UserId("carol"));
    sealed(WHOLE.kept(List.of(other)));
    assertEquals(Stage.FAILED, settled().stage());
  }

  @Test
  void theRelaysWordIsKeptWithTheDevices() {
    sealed(WHOLE);
    List<Address> devices = List.of(MemoryHost.device(BOB));
    new Upload(host, Suite.wx1(), new TransferBook(), BLOB, PartSource.of(new byte[5]))
        .noteSealed(WHOLE, devices);
    assertTrue(host.sending(BLOB).sealed().keptFor(devices));
    assertEquals(WHOLE.root(), host.sending(BLOB).sealed().root());
  }

  @Test
  void whatFailedHereIsDoneWhenEverybodySaysSo() {
    sealed(WHOLE);
    Sending end = settled().with(BOB, Stage.DONE);
    assertEquals(Stage.DONE, end.stage());
    assertEquals(null, end.problem());
  }
}
