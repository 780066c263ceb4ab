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
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One run of an upload over one data connection: from where the relay says, to the seal. Leaves are
 * forced before their parts leave, and a part that is sealed again must come out the same. One
 * thread seals and listens; the {@link LeafGate} sends.
 */
final class Upload {
  private static final long ANSWER_MILLIS = 30_000;
  private static final long SEAL_POLL_MILLIS = 1_000;
  private static final long PUBLISH_MILLIS = 250;

  private final Host host;
  private final Suite suite;
  private final TransferBook book;
  private final BlobId blob;
  private final Offering offering;
  private final PartSource plaintext;
  private final ByteBuffer clear = ByteBuffer.allocate(AgeWriter.PART_PLAINTEXT);

  private long kept;
  private final AtomicLong resentBytes = new AtomicLong();
  private long published;
  private @Nullable Future<?> noting;
  private boolean sealedAtRelay;

  Upload(Host host, Suite suite, TransferBook book, BlobId blob, PartSource plaintext) {
    this.host = host;
    this.suite = suite;
    this.book = book;
    this.blob = blob;
    this.offering = new Offering(host, suite, blob);
    this.plaintext = plaintext;
  }

  /**
   * Sends until the relay has everything, and notes that it said so.
   *
   * @throws Fault why it stopped; network faults may be tried again
   */
  void run(Stopping stopping) {
    try {
      send(stopping);
    } catch (Fault fault) {
      if (fault.code() != FaultCode.BLOB_UNKNOWN) {
        throw fault;
      }
      Sending.Sealed whole = host.store(tx -> book.sending(tx, blob)).sealed();
      if (whole == null) {
        throw fault;
      }
      // The relay knew a blob all of which has left, and knows it no more: whoever was to have it
      // has it. The word that it was sealed was lost on the way; who lost the file as well asks for
      // it anew.
      noteSealed(whole, offering.devices());
    }
  }

  private void send(Stopping stopping) {
    List<Address> devices = offering.devices();
    Sending row = host.store(tx -> book.sending(tx, blob));
    host.ask(ref -> new PeerMessage.CreateBlob(ref, blob), Address.encodeList(devices));
    Secret seed = Secret.take(row.keys().seed().toArray());
    try (AgeWriter writer = AgeWriter.of(suite, recipient(row), seed);
        LeafLog leaves = leaves();
        RelayConnection data = offered(devices);
        LeafGate gate = new LeafGate(leaves, part -> send(data, part));
        Aside books = new Aside("transfer news")) {
      data.send(new PeerMessage.Put(blob), new byte[0]);
      long from = start(data);
      if (from < 0 || from > leaves.count()) {
        throw new Fault(FaultCode.BLOB_CONFLICT, "the relay holds parts this device never sent");
      }
      // What it says now may be all that it says for long: there is room again for as much.
      plaintext.kept(from);
      plaintext.verify();
      long parts =
          sendParts(new Line(writer, gate, data, books), new Span(from, leaves.count()), stopping);
      finish(row, leaves, parts);
      plaintext.verify();
      Sending.Sealed whole = sealedAs(leaves, parts);
      data.send(new PeerMessage.Seal(blob, parts, whole.size()), new byte[0]);
      while (!sealedAtRelay) {
        stopping.check();
        take(data.receive(SEAL_POLL_MILLIS));
      }
      noteSealed(whole, devices);
    } finally {
      countResent();
    }
  }

  /** What parts go through. */
  private record Line(AgeWriter writer, LeafGate gate, RelayConnection data, Aside books) {}

  /** Where sending starts, and how many parts were sealed before. */
  private record Span(long from, long sealedBefore) {}

  private Bytes recipient(Sending row) {
    return AgeIdentity.of(suite.agreement(), Secret.take(row.keys().identity().toArray()))
        .recipient();
  }

  private java.nio.file.Path leafPath() {
    return host.transferFolder().resolve(blob + ".leaves");
  }

  /** The log of what leaves: its file is there for good before anything of it is known outside. */
  private LeafLog leaves() {
    return offering.told() ? LeafLog.resume(leafPath()) : LeafLog.create(leafPath());
  }

  private RelayConnection offered(List<Address> devices) {
    offering.tell(devices);
    return host.openData();
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
  private long sendParts(Line line, Span span, Stopping stopping) {
    long part = span.from();
    // After a cut the relay may hold all of it already.
    boolean last = plaintext.past(part);
    while (!last) {
      stopping.check();
      awaitPlaintext(part, line, stopping);
      clear.clear();
      last = plaintext.read(part, clear);
      clear.flip();
      int length = clear.remaining();
      ByteBuffer sealed = line.gate().room(stopping);
      Bytes leaf = line.writer().sealPart(part, clear, last, sealed);
      line.gate().pass(new LeafGate.Part(part, length, leaf, sealed.flip()));
      if (part < span.sealedBefore()) {
        resentBytes.addAndGet(length);
      }
      part++;
      progress(line);
    }
    line.gate().finish();
    return part;
  }

  /** Waits for a part that is still being written, or for room to remember it. */
  private void awaitPlaintext(long part, Line line, Stopping stopping) {
    long began = System.nanoTime();
    while (true) {
      boolean full = plaintext.full(part);
      if (!full && plaintext.await(part, SEAL_POLL_MILLIS)) {
        return;
      }
      stopping.check();
      if (!full && System.nanoTime() - began > Stopping.TURN_NANOS && stopping.othersWait()) {
        throw new Fault(FaultCode.RELAY_TIMEOUT, "nothing to send for a while; others go first");
      }
      line.gate().let();
      take(line.data().receive(full ? SEAL_POLL_MILLIS : 0));
    }
  }

  private void send(RelayConnection data, LeafGate.Part part) {
    int length = part.sealed().limit();
    for (int at = 0; at < length; ) {
      boolean first = part.index() == 0 && at == 0;
      int slice = Math.min(length - at, WireLimits.SLICE + (first ? WireLimits.AGE_PREFIX : 0));
      Slice header = new Slice(blob, part.index(), at, length);
      data.send(HeaderCodec.frame(header, part.sealed().array(), slice));
      at += slice;
    }
  }

  private void progress(Line line) {
    for (RelayConnection.Received received = line.data().receive(0);
        received != null;
        received = line.data().receive(0)) {
      take(received);
    }
    if (host.now() - published >= PUBLISH_MILLIS && (noting == null || noting.isDone())) {
      published = host.now();
      long upTo = kept;
      noting = line.books().run(() -> update(upTo));
    }
  }

  private void take(RelayConnection.@Nullable Received received) {
    if (received == null) {
      return;
    }
    RelayMessage message = received.message();
    if (message instanceof RelayMessage.Kept now && now.blob().equals(blob)) {
      kept = Math.max(kept, Math.min(now.upTo(), WireLimits.MAX_PARTS));
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
      List<UserId> people = host.store(tx -> book.sending(tx, blob)).open();
      people.forEach(user -> host.tell(user, descriptor));
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

  /** The relay said that it has all of it. */
  void noteSealed(Sending.Sealed whole, List<Address> devices) {
    host.store(
        tx -> {
          book.put(tx, book.sending(tx, blob).with(whole.kept(devices)), host.now());
          return true;
        });
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

  /** Bytes sent again count even where this run ends before it says how far it came. */
  private void countResent() {
    long more = resentBytes.getAndSet(0);
    if (more > 0) {
      host.store(
          tx -> {
            Sending now = book.sending(tx, blob);
            Sending.Counts counts = now.counts();
            book.put(
                tx,
                now.with(new Sending.Counts(counts.size(), counts.kept(), counts.resent() + more)),
                host.now());
            return true;
          });
    }
  }

  private void update(long upTo) {
    long resent = resentBytes.getAndSet(0);
    host.store(
        tx -> {
          Sending now = book.sending(tx, blob);
          if (!now.stage().ended()) {
            long size = now.counts().size();
            long sent = upTo * AgeWriter.PART_PLAINTEXT;
            Sending.Counts counts =
                new Sending.Counts(
                    size, size >= 0 ? Math.min(size, sent) : sent, now.counts().resent() + resent);
            Sending next = now.with(counts);
            boolean paused = now.stage() == Stage.PAUSED;
            book.put(tx, paused ? next : next.at(Stage.ACTIVE, null), host.now());
          }
          return true;
        });
    host.changed(blob);
  }
}
