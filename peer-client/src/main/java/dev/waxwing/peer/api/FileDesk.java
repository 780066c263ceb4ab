package dev.waxwing.peer.api;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.transfer.Receiving;
import dev.waxwing.peer.transfer.Sending;
import dev.waxwing.peer.transfer.Transfers;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Files offered and taken; for {@link PeerClient}. */
final class FileDesk {
  private final Transfers transfers;
  private final PeerLoop loop;
  private final Waits waits;
  private final ContactBook contacts;
  private final Suite suite;

  FileDesk(Transfers transfers, PeerLoop loop, Waits waits, ContactBook contacts, Suite suite) {
    this.transfers = transfers;
    this.loop = loop;
    this.waits = waits;
    this.contacts = contacts;
    this.suite = suite;
  }

  Transfer send(SendRequest request) {
    people(request.to());
    List<Path> paths = request.paths().stream().map(Path::of).toList();
    if (paths.isEmpty()) {
      throw new Fault(FaultCode.USAGE, "there is no file to send");
    }
    return transfer(transfers.send(request.to(), paths, request.name(), request.caption()));
  }

  List<LeftOut> leftOut(BlobId id) {
    return transfers.skipped(id).stream()
        .map(left -> new LeftOut(left.source().toString(), left.why()))
        .toList();
  }

  private void people(List<UserId> to) {
    if (to.isEmpty() || to.size() > WireLimits.MAX_RECIPIENTS) {
      throw new Fault(
          FaultCode.USAGE, "a file goes to 1 to " + WireLimits.MAX_RECIPIENTS + " people");
    }
    if (contacts.isSelf(to)) {
      throw new Fault(FaultCode.USAGE, "a file to yourself is here already");
    }
    if (to.stream().distinct().count() != to.size()) {
      throw new Fault(FaultCode.USAGE, "somebody is named twice");
    }
    to.forEach(contacts::refuseChanged);
  }

  Transfer sendTextAsFile(UserId to, String text) {
    people(List.of(to));
    return transfer(
        transfers.sendText(List.of(to), "message.txt", text.getBytes(StandardCharsets.UTF_8)));
  }

  Transfer openStream(StreamRequest request) {
    people(request.to());
    return transfer(transfers.openStream(request.to(), request.name()));
  }

  void writeStream(BlobId transfer, byte[] data) {
    transfers.write(transfer, data);
  }

  void closeStream(BlobId transfer) {
    transfers.closeStream(transfer);
  }

  List<Transfer> offers() {
    return transfers().stream().filter(one -> one.state() == TransferState.OFFERED).toList();
  }

  Transfer receive(ReceiveRequest request) {
    OnClash onClash =
        switch (request.onConflict()) {
          case RENAME -> OnClash.RENAME;
          case SKIP -> OnClash.SKIP;
          case OVERWRITE -> OnClash.OVERWRITE;
        };
    Transfer offer = transfer(request.offer());
    transfers.receive(
        request.offer(), new Receiving.Target(request.folder(), request.name(), onClash, null));
    UserId sender = offer.people().get(0).user();
    loop.input(new PeerInput.Decide(sender, PeerInput.Decide.Decision.ADD));
    return transfer(request.offer());
  }

  List<Transfer> transfers() {
    return transfers.all().stream().map(Views::transfer).toList();
  }

  Transfer transfer(BlobId id) {
    return Views.transfer(transfers.entry(id));
  }

  BlobId resolveTransfer(String idOrPrefix) {
    String prefix = idOrPrefix.toLowerCase(Locale.ROOT);
    List<BlobId> found = new ArrayList<>();
    transfers().stream()
        .map(Transfer::id)
        .filter(id -> id.toString().startsWith(prefix))
        .forEach(found::add);
    if (found.size() != 1 || prefix.isEmpty()) {
      throw new Fault(
          FaultCode.TRANSFER_UNKNOWN,
          found.isEmpty() ? "there is no such transfer" : "several transfers begin like that");
    }
    return found.get(0);
  }

  Transfer awaitTransfer(BlobId id, TransferState until, long timeoutMillis) {
    waits.until(
        timeoutMillis,
        () -> {
          TransferState now = transfer(id).state();
          return now == until || now.ended();
        });
    return transfer(id);
  }

  Transfer pause(BlobId id) {
    transfers.pause(id);
    return transfer(id);
  }

  Transfer resume(BlobId id) {
    transfers.resume(id);
    return transfer(id);
  }

  Transfer cancel(BlobId id) {
    transfers.cancel(id);
    return transfer(id);
  }

  Transfer retry(BlobId id) {
    return transfer(transfers.retry(id));
  }

  String revealKey(BlobId id) {
    Sending sending = transfers.entry(id).sending();
    if (sending == null) {
      throw new Fault(FaultCode.TRANSFER_STATE, "only the key of what was sent here can be shown");
    }
    return AgeIdentity.of(suite.agreement(), Secret.take(sending.keys().identity().toArray()))
        .text()
        .use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
  }
}
