package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.merkle.LeafHash;
import dev.waxwing.merkle.MerkleTree;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.age.AgeReader;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.PartFile;
import dev.waxwing.peer.files.SafeName;
import dev.waxwing.peer.files.Unpacker;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a download over one data connection: from what is held, to the end of the blob, to the
 * name. A part is verified, opened and written; it is acknowledged only when it and its leaf are
 * forced, which is done beside the one thread that does everything else.
 */
final class Download {
  private static final long QUIET_MILLIS = 1_000;
  private static final long PUBLISH_MILLIS = 250;

  /** Nothing came for so long; on the slowest of four links a frame takes most of it. */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** How long to listen before what waits for the disk is looked at again. */
  private static final long LULL_MILLIS = 4;

  private final Host host;
  private final Suite suite;
  private final TransferBook book;
  private final BlobId blob;
  private final ByteBuffer sealed = ByteBuffer.allocate(WireLimits.MAX_PART);
  private final ByteBuffer clear = ByteBuffer.allocate(AgeWriter.PART_PLAINTEXT);
  private final LeafHash leafHash = new LeafHash();

  private @Nullable AgeReader reader;
  private long bytes;
  private long published;
  private @Nullable Future<?> noting;
  private boolean ended;

  Download(Host host, Suite suite, TransferBook book, BlobId blob) {
    this.host = host;
    this.suite = suite;
    this.book = book;
    this.blob = blob;
  }

  /**
   * Receives until the file has its name, or the sender's descriptor is missing.
   *
   * @return whether the file is done; if not, the descriptor must come first
   * @throws Fault why it stopped; network faults may be tried again
   */
  boolean run(Stopping stopping) {
    Receiving row = host.store(tx -> book.receiving(tx, blob));
    Receiving.Target target = row.target();
    if (target == null) {
      throw new Fault(FaultCode.TRANSFER_STATE, "the offer was not taken");
    }
    try (PartFile file = open(row, target)) {
      bytes = file.length();
      fetch(row, file, stopping);
      file.force();
      Receiving now = host.store(tx -> book.receiving(tx, blob));
      Sending.Sealed whole = now.sealed();
      if (whole == null) {
        return false;
      }
      verify(now, file, whole);
      complete(now, file);
      return true;
    } finally {
      if (reader != null) {
        reader.close();
      }
    }
  }

  private PartFile open(Receiving row, Receiving.Target target) {
    Path folder = Path.of(target.folder());
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "the folder cannot be made", e);
    }
    String part = target.part();
    if (part == null) {
      // Noted before it is there: whatever ends this, somebody knows what to delete.
      String place = PartFile.place(folder, wantedName(row, target)).toString();
      if (!change(now -> now.to(target.writing(place)))) {
        throw new Fault(FaultCode.CANCELLED, "the transfer was ended");
      }
      part = place;
    }
    PartFile file = PartFile.open(Path.of(part));
    Bytes prefix = row.prefix();
    if (file.held() > 0 && prefix != null) {
      reader = AgeReader.open(suite, identity(row), ByteBuffer.wrap(prefix.toArray()));
    }
    return file;
  }

  private static String wantedName(Receiving row, Receiving.Target target) {
    String chosen = target.name();
    return chosen == null ? row.offer().name() : chosen;
  }

  private AgeIdentity identity(Receiving row) {
    return AgeIdentity.of(suite.agreement(), Secret.take(row.offer().identity().toArray()));
  }

  private void fetch(Receiving row, PartFile file, Stopping stopping) {
    try (RelayConnection data = host.openData();
        Aside books = new Aside("transfer news");
        Forcing forcing = new Forcing(file, held -> say(data, held))) {
      data.send(new PeerMessage.Get(blob, file.held()), new byte[0]);
      long heard = System.nanoTime();
      while (!ended) {
        stopping.check();
        RelayConnection.Received received =
            data.receive(forcing.waits() ? LULL_MILLIS : QUIET_MILLIS);
        if (received == null) {
          forcing.quiet();
          if (System.nanoTime() - heard > SILENT_NANOS && stopping.othersWait()) {
            throw new Fault(FaultCode.RELAY_TIMEOUT, "nothing came for a while; others go first");
          }
        } else {
          forcing.awaitRoom();
          take(row, file, received);
          forcing.busy();
          heard = System.nanoTime();
        }
        publish(books);
      }
      forcing.finish();
    }
  }

  private void say(RelayConnection data, long held) {
    data.send(new PeerMessage.Held(blob, held), new byte[0]);
  }

  private void take(Receiving row, PartFile file, RelayConnection.Received received) {
    RelayMessage message = received.message();
    if (message instanceof Slice slice && slice.blob().equals(blob)) {
      assemble(row, file, slice, received.frame());
    } else if (message instanceof RelayMessage.End end && end.blob().equals(blob)) {
      if (file.written() != end.parts()) {
        throw new Fault(FaultCode.BLOB_CONFLICT, "the relay ended the file at another place");
      }
      ended = true;
    } else if (message instanceof RelayMessage.Refused refusal) {
      throw new Fault(refusal.code(), refusal.detail());
    }
  }

  private void assemble(Receiving row, PartFile file, Slice slice, Frame frame) {
    if (slice.part() != file.written()
        || slice.at() != sealed.position()
        || slice.at() + frame.bodyLength() > slice.of()) {
      throw new Fault(FaultCode.BLOB_CONFLICT, "the relay sent another part than it should");
    }
    sealed.put(frame.array(), frame.bodyStart(), frame.bodyLength());
    if (sealed.position() < slice.of()) {
      return;
    }
    sealed.flip();
    Bytes leaf = leafHash.update(sealed.array(), 0, sealed.limit()).finish();
    if (reader == null) {
      reader = AgeReader.open(suite, identity(row), sealed.duplicate());
      Bytes prefix = Bytes.of(sealed.array(), 0, WireLimits.AGE_PREFIX);
      change(now -> now.with(prefix));
    }
    clear.clear();
    reader.openPart(slice.part(), sealed, clear);
    clear.flip();
    bytes += clear.remaining();
    if (bytes > offered(row)) {
      throw new Fault(FaultCode.ROOT_MISMATCH, "more arrives than was offered");
    }
    file.write(slice.part(), leaf, clear);
    sealed.clear();
  }

  /** The most that may arrive: what was offered, as far as its sender knew. */
  private static long offered(Receiving row) {
    return row.offer().size() < 0 ? Long.MAX_VALUE : row.offer().size();
  }

  private static void verify(Receiving row, PartFile file, Sending.Sealed whole) {
    MerkleTree tree = new MerkleTree();
    for (long i = 0; i < file.held(); i++) {
      tree.append(file.leaf(i));
    }
    if (!tree.root().equals(whole.root())
        || WireLimits.ciphertextSize(file.length()) != whole.size()
        || (row.offer().size() >= 0 && row.offer().size() != file.length())) {
      throw new Fault(FaultCode.ROOT_MISMATCH, "what arrived is not what was sent");
    }
  }

  private void complete(Receiving row, PartFile file) {
    Receiving.Target target = row.target();
    if (target == null) {
      throw new Fault(FaultCode.INTERNAL, "a file without a place to go");
    }
    String name = SafeName.of(wantedName(row, target));
    Optional<Path> placed =
        row.offer().shape() == Content.Shape.FOLDER
            ? unpack(row, file, name)
            : file.complete(name, target.onClash());
    placed
        .filter(path -> row.offer().modified() > 0 && Files.isRegularFile(path))
        .ifPresent(path -> dated(path, row.offer().modified()));
    // Told first: after a crash in between the file is found under its name, and told again.
    host.tell(
        row.from().user(), new Content.FileOutcome(blob, Content.FileOutcome.Outcome.RECEIVED));
    host.store(
        tx -> {
          Receiving now = book.receiving(tx, blob);
          if (!now.stage().ended()) {
            Work.leaveToFinish(tx, blob, file.path());
            Receiving.Target done = target.writing(placed.map(Path::toString).orElse(""));
            book.put(tx, now.to(done).held(file.length()).at(Stage.DONE, null), host.now());
          }
          return true;
        });
    // Its part file is deleted by whoever finds the note of that.
    host.changed(blob);
  }

  private static void dated(Path path, long modified) {
    try {
      Files.setLastModifiedTime(path, FileTime.fromMillis(modified));
    } catch (IOException e) {
      // The time is a courtesy; the file is whole without it.
      return;
    }
  }

  private static Optional<Path> unpack(Receiving row, PartFile file, String name) {
    Path folder = PartFile.unpacking(file.path());
    Receiving.Target target = row.target();
    try (Unpacker unpacker = new Unpacker(folder, row.offer().name());
        FileChannel tar = FileChannel.open(file.path(), StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
      while (tar.read(buffer.clear()) >= 0) {
        unpacker.accept(buffer.flip());
      }
      return unpacker.complete(
          name, target == null ? dev.waxwing.peer.files.OnClash.RENAME : target.onClash());
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "the folder cannot be unpacked", e);
    }
  }

  /** Notes how far it is, beside: the store's disk is the one the file is written to. */
  private void publish(Aside books) {
    if (host.now() - published >= PUBLISH_MILLIS && (noting == null || noting.isDone())) {
      long upTo = bytes;
      published = host.now();
      noting = books.run(() -> change(now -> progress(now, upTo)));
    }
  }

  private static Receiving progress(Receiving now, long bytes) {
    Receiving further = now.held(bytes);
    return now.stage() == Stage.PAUSED ? further : further.at(Stage.ACTIVE, null);
  }

  /** Changes the transfer's row; false when it has ended. */
  private boolean change(UnaryOperator<Receiving> step) {
    boolean goesOn =
        host.store(
            tx -> {
              Receiving now = book.receiving(tx, blob);
              if (now.stage().ended()) {
                return false;
              }
              book.put(tx, step.apply(now), host.now());
              return true;
            });
    host.changed(blob);
    return goesOn;
  }
}
