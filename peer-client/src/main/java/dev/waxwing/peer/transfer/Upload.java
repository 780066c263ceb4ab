package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.merkle.MerkleTree;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.LeafLog;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of an upload over one data connection: from where the relay says, to the seal. Leaves are
 * forced before their parts leave, and a part that is sealed again must come out the same. One
 * thread.
 */
final class Upload {
  private static final long ANSWER_MILLIS = 30_000;
  private static final long SEAL_POLL_MILLIS = 1_000;
  private static final long PUBLISH_MILLIS = 250;

  private final Host host;
  private final Suite suite;
  private final TransferBook book;
  private final BlobId blob;
  private final PartSource plaintext;
  private final ByteBuffer clear = ByteBuffer.allocate(AgeWriter.PART_PLAINTEXT);
  private final ByteBuffer sealed = ByteBuffer.allocate(WireLimits.MAX_PART);

  private long kept;
  private long resentBytes;
  private long published;
  private boolean sealedAtRelay;

  Upload(Host host, Suite suite, TransferBook book, BlobId blob, PartSource plaintext) {
    this.host = host;
    this.suite = suite;
    this.book = book;
    this.blob = blob;
    this.plaintext = plaintext;
  }

  /**
   * Sends until the relay has everything.
   *
   * @throws Fault why it stopped; network faults may be tried again
   */
  void run(Stopping stopping) {
    Sending row = host.store(tx -> book.sending(tx, blob));
    List<UserId> people = row.people().stream().map(Sending.Recipient::user).toList();
    List<Address> devices = host.devices(people);
    host.ask(ref -> new PeerMessage.CreateBlob(ref, blob), Address.encodeList(devices));
    offer(row);
    Secret seed = Secret.take(row.keys().seed().toArray());
    try (AgeWriter writer = AgeWriter.of(suite, recipient(row), seed);
        LeafLog leaves = LeafLog.open(leafPath());
        RelayConnection data = host.openData()) {
      data.send(new PeerMessage.Put(blob), new byte[0]);
      long from = start(data);
      if (from > leaves.count()) {
        throw new Fault(FaultCode.BLOB_CONFLICT, "the relay holds parts this device never sent");
      }
      plaintext.verify();
      long parts = sendParts(new Line(writer, leaves, data), from, stopping);
      finish(row, leaves, parts);
      plaintext.verify();
      Sending.Sealed whole = sealedAs(leaves, parts);
      data.send(new PeerMessage.Seal(blob, parts, whole.size()), new byte[0]);
      while (!sealedAtRelay) {
        stopping.check();
        take(data.receive(SEAL_POLL_MILLIS));
      }
    }
    update(Stage.AT_RELAY);
  }

  /** What parts go through. */
  private record Line(AgeWriter writer, LeafLog leaves, RelayConnection data) {}

  private Bytes recipient(Sending row) {
    return AgeIdentity.of(suite.agreement(), Secret.take(row.keys().identity().toArray()))
        .recipient();
  }

  private java.nio.file.Path leafPath() {
    return host.transferFolder().resolve(blob + ".leaves");
  }

  private void offer(Sending row) {
    if (host.store(tx -> tx.value("offered/" + blob)).isPresent()) {
      return;
    }
    Content.Shape shape =
        row.source().kind() == Sending.Kind.FOLDER ? Content.Shape.FOLDER : Content.Shape.FILE;
    long modified = row.source().stamp() == null ? 0 : row.source().stamp().modified() / 1_000_000;
    Content.Offer offer =
        new Content.Offer(
            blob,
            row.keys().identity(),
            row.name(),
            shape,
            row.counts().size(),
            Math.max(0, modified),
            row.caption(),
            row.replaces());
    row.people().forEach(one -> host.tell(one.user(), offer));
    host.store(
        tx -> {
          tx.putValue("offered/" + blob, new byte[] {1});
          return true;
        });
  }

  private long start(RelayConnection data) {
    long deadline = host.now() + ANSWER_MILLIS;
    while (host.now() < deadline) {
      RelayConnection.Received received = data.require(ANSWER_MILLIS);
      if (received.message() instanceof RelayMessage.PutFrom from && from.blob().equals(blob)) {
        kept = from.part();
        return from.part();
      }
      take(received);
    }
    throw new Fault(FaultCode.RELAY_TIMEOUT, "the relay did not answer");
  }

  /** Seals and sends from a part on; returns how many parts the file has. */
  private long sendParts(Line line, long from, Stopping stopping) {
    long part = from;
    int group = 1;
    List<Waiting> waiting = new ArrayList<>();
    boolean last = false;
    while (!last) {
      stopping.check();
      while (plaintext.full()) {
        stopping.check();
        take(line.data().receive(SEAL_POLL_MILLIS));
      }
      clear.clear();
      last = plaintext.read(part, clear);
      clear.flip();
      int length = clear.remaining();
      sealed.clear();
      Bytes leaf = line.writer().sealPart(part, clear, last, sealed);
      sealed.flip();
      if (part < line.leaves().count()) {
        line.leaves().check(part, leaf);
        resentBytes += length;
      } else {
        line.leaves().append(new LeafLog.Leaf(length, 0, leaf));
      }
      byte[] copy = new byte[sealed.remaining()];
      sealed.get(copy);
      waiting.add(new Waiting(part, copy));
      part++;
      if (last || waiting.size() >= group) {
        line.leaves().force();
        for (Waiting one : waiting) {
          send(line.data(), one);
        }
        waiting.clear();
        group = Math.min(LeafLog.GROUP, group * 2);
      }
      progress(line.data());
    }
    return part;
  }

  /** A sealed part whose leaf is not forced yet. */
  private record Waiting(long part, byte[] bytes) {}

  private void send(RelayConnection data, Waiting one) {
    int length = one.bytes().length;
    for (int at = 0; at < length; ) {
      boolean first = one.part() == 0 && at == 0;
      int slice = Math.min(length - at, WireLimits.SLICE + (first ? WireLimits.AGE_PREFIX : 0));
      data.send(HeaderCodec.frame(new Slice(blob, one.part(), at, length), one.bytes(), slice));
      at += slice;
    }
  }

  private void progress(RelayConnection data) {
    for (RelayConnection.Received received = data.receive(0);
        received != null;
        received = data.receive(0)) {
      take(received);
    }
    if (host.now() - published >= PUBLISH_MILLIS) {
      update(Stage.ACTIVE);
    }
  }

  private void take(RelayConnection.@Nullable Received received) {
    if (received == null) {
      return;
    }
    RelayMessage message = received.message();
    if (message instanceof RelayMessage.Kept now && now.blob().equals(blob)) {
      kept = Math.max(kept, now.upTo());
      plaintext.kept(kept);
    } else if (message instanceof RelayMessage.Sealed now && now.blob().equals(blob)) {
      sealedAtRelay = true;
    } else if (message instanceof RelayMessage.Refused refusal) {
      throw new Fault(refusal.code(), refusal.detail());
    }
  }

  private void finish(Sending row, LeafLog leaves, long parts) {
    Sending.Sealed whole = sealedAs(leaves, parts);
    if (row.sealed() == null) {
      Content.Final descriptor = new Content.Final(blob, whole.size(), whole.root());
      long size = plaintextSize(leaves, parts);
      row.people().forEach(one -> host.tell(one.user(), descriptor));
      host.store(
          tx -> {
            Sending now = book.sending(tx, blob).with(whole);
            book.put(
                tx,
                now.with(new Sending.Counts(size, now.counts().kept(), now.counts().resent())),
                host.now());
            return true;
          });
    }
  }

  private static long plaintextSize(LeafLog leaves, long parts) {
    return (parts - 1) * AgeWriter.PART_PLAINTEXT + leaves.leaf(parts - 1).length();
  }

  private static Sending.Sealed sealedAs(LeafLog leaves, long parts) {
    MerkleTree tree = new MerkleTree();
    for (long i = 0; i < parts; i++) {
      tree.append(leaves.leaf(i).hash());
    }
    return new Sending.Sealed(tree.root(), WireLimits.ciphertextSize(plaintextSize(leaves, parts)));
  }

  private void update(Stage stage) {
    published = host.now();
    host.store(
        tx -> {
          Sending now = book.sending(tx, blob);
          if (!now.stage().ended()) {
            long bytes = kept * AgeWriter.PART_PLAINTEXT;
            long size = now.counts().size();
            long done = stage == Stage.AT_RELAY && size >= 0 ? size : bytes;
            Sending.Counts counts =
                new Sending.Counts(
                    size,
                    size >= 0 ? Math.min(size, done) : done,
                    now.counts().resent() + resentBytes);
            resentBytes = 0;
            book.put(tx, now.with(counts).at(stage, null), host.now());
          }
          return true;
        });
    host.changed(blob);
  }
}
