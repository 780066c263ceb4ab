package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.files.FileSource;
import dev.waxwing.peer.files.FolderTar;
import dev.waxwing.peer.files.Listing;
import dev.waxwing.peer.session.Randomness;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes transfers that are sent from here: each is a new blob with keys of its own, stored before a
 * worker is asked to carry it out. Thread-safe.
 */
final class NewSendings {
  private final Host host;
  private final Randomness random;
  private final Originals originals;
  private final Workers workers;
  private final TransferBook book = new TransferBook();

  /** What a transfer is called, and the line beside it. */
  private record Label(String name, String caption) {}

  /**
   * The plaintext as it is now.
   *
   * @param size bytes; -1 while unknown
   * @param listing what a folder holds; null for all else
   */
  private record Plain(Sending.From from, long size, @Nullable Listing listing) {
    Plain(Sending.Kind kind, long size) {
      this(new Sending.From(kind, "", null), size, null);
    }

    static Plain of(FileSource file) {
      Sending.From from = new Sending.From(Sending.Kind.FILE, file.path().toString(), file.stamp());
      return new Plain(from, file.size(), null);
    }
  }

  NewSendings(Host host, Randomness random, Originals originals, Workers workers) {
    this.host = host;
    this.random = random;
    this.originals = originals;
    this.workers = workers;
  }

  /**
   * Files or folders.
   *
   * @param paths absolute
   * @param name for the receiver; null for the path's own
   */
  BlobId send(List<UserId> people, List<Path> paths, @Nullable String name, String caption) {
    Path only = paths.get(0);
    if (paths.size() == 1 && !Files.isDirectory(only)) {
      try (FileSource source = FileSource.open(only)) {
        return begin(people, new Label(named(name, only), caption), Plain.of(source));
      }
    }
    Listing listing = Listing.of(paths);
    Sending.From from = new Sending.From(Sending.Kind.FOLDER, only.toString(), null);
    String folderName = paths.size() == 1 ? named(name, only) : name == null ? "files" : name;
    try (FolderTar tar = new FolderTar(listing)) {
      return begin(people, new Label(folderName, caption), new Plain(from, tar.size(), listing));
    }
  }

  private BlobId begin(List<UserId> people, Label label, Plain plain) {
    BlobId blob = store(people, label, plain, null);
    workers.start(blob);
    return blob;
  }

  private static String named(@Nullable String name, Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    return name != null ? name : last == null ? "files" : last.toString();
  }

  /** A stream, open for bytes. */
  BlobId openStream(List<UserId> people, String name) {
    BlobId blob = store(people, new Label(name, ""), new Plain(Sending.Kind.STREAM, -1), null);
    originals.addStream(blob);
    workers.start(blob);
    return blob;
  }

  /** A text; it is kept in the store, sealed like every message. */
  BlobId sendText(List<UserId> people, String name, byte[] content) {
    BlobId blob = keepText(people, new Label(name, ""), content, null);
    workers.start(blob);
    return blob;
  }

  private BlobId keepText(
      List<UserId> people, Label label, byte[] content, @Nullable BlobId replaces) {
    Plain plain = new Plain(Sending.Kind.TEXT, content.length);
    BlobId blob = store(people, label, plain, replaces);
    originals.keepText(blob, content);
    return blob;
  }

  /**
   * The same again for some of its people, from what it was read from.
   *
   * @throws Fault TRANSFER_NOT_RESUMABLE for a stream
   */
  BlobId again(Sending sending, List<UserId> people) {
    Label label = new Label(sending.name(), sending.caption());
    BlobId before = sending.blob();
    BlobId next =
        switch (sending.source().kind()) {
          case STREAM -> throw unrepeatable();
          case TEXT -> keepText(people, label, originals.text(before), before);
          case FILE -> {
            try (FileSource source = FileSource.open(Path.of(sending.source().path()))) {
              yield store(people, label, Plain.of(source), before);
            }
          }
          case FOLDER -> {
            Listing listing = originals.listing(before);
            try (FolderTar tar = new FolderTar(listing)) {
              Plain plain = new Plain(sending.source(), tar.size(), listing);
              yield store(people, label, plain, before);
            }
          }
        };
    workers.start(next);
    return next;
  }

  /** Why a stream is neither resumed nor sent again. */
  static Fault unrepeatable() {
    return new Fault(
        FaultCode.TRANSFER_NOT_RESUMABLE, "what came from standard input cannot be read again");
  }

  private BlobId store(List<UserId> people, Label label, Plain plain, @Nullable BlobId replaces) {
    BlobId blob = new BlobId(Bytes.of(random.bytes(BlobId.LENGTH)));
    Sending row =
        new Sending(
            blob,
            new Sending.Keys(Bytes.of(random.bytes(32)), Bytes.of(random.bytes(32))),
            plain.from(),
            label.name(),
            label.caption(),
            people.stream().map(user -> new Sending.Recipient(user, Stage.WAITING)).toList(),
            Stage.WAITING,
            new Sending.Counts(plain.size(), 0, 0),
            null,
            replaces,
            host.now(),
            null);
    Listing listing = plain.listing();
    host.store(
        tx -> {
          if (listing != null) {
            Originals.keepListing(tx, blob, listing);
          }
          book.put(tx, row, host.now());
          return true;
        });
    host.changed(blob);
    return blob;
  }
}
