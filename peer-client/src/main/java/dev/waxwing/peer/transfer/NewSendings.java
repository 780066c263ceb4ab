package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.files.FileSource;
import dev.waxwing.peer.files.FolderTar;
import dev.waxwing.peer.files.Listing;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Randomness;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
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
   * @param kept keeps what it is read from later, in the transaction that makes the transfer
   */
  private record Plain(Sending.From from, long size, BiConsumer<PeerStore.Tx, BlobId> kept) {
    static Plain stream() {
      return new Plain(new Sending.From(Sending.Kind.STREAM, "", null), -1, (tx, blob) -> {});
    }

    static Plain text(byte[] content) {
      return new Plain(
          new Sending.From(Sending.Kind.TEXT, "", null),
          content.length,
          (tx, blob) -> Originals.keepText(tx, blob, content));
    }

    static Plain folder(Sending.From from, long size, Listing listing) {
      return new Plain(from, size, (tx, blob) -> Originals.keepListing(tx, blob, listing));
    }

    static Plain of(FileSource file) {
      Sending.From from = new Sending.From(Sending.Kind.FILE, file.path().toString(), file.stamp());
      return new Plain(from, file.size(), (tx, blob) -> {});
    }
  }

  /** Who gets a transfer, and at which stage it begins. */
  private record Copies(List<Sending.Recipient> people, Stage stage) {}

  /** Who gets a transfer, decided in the transaction that makes it. */
  @FunctionalInterface
  private interface People {
    Copies in(PeerStore.Tx tx);
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
      return begin(people, new Label(folderName, caption), Plain.folder(from, tar.size(), listing));
    }
  }

  private BlobId begin(List<UserId> people, Label label, Plain plain) {
    BlobId blob = store(tx -> fresh(tx, people), label, plain, null);
    workers.start(blob);
    return blob;
  }

  /** Whoever is known gets it under the key of now, and no other. */
  private static Copies fresh(PeerStore.Tx tx, List<UserId> people) {
    return new Copies(
        people.stream()
            .map(
                user ->
                    new Sending.Recipient(user, Stage.WAITING)
                        .with(PinnedKey.of(tx, user).orElse(null)))
            .toList(),
        Stage.WAITING);
  }

  private static String named(@Nullable String name, Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    return name != null ? name : last == null ? "files" : last.toString();
  }

  /** A stream, open for bytes. */
  BlobId openStream(List<UserId> people, String name) {
    BlobId blob = store(tx -> fresh(tx, people), new Label(name, ""), Plain.stream(), null);
    originals.addStream(blob);
    workers.start(blob);
    return blob;
  }

  /** A text; it is kept in the store, sealed like every message. */
  BlobId sendText(List<UserId> people, String name, byte[] content) {
    return begin(people, new Label(name, ""), Plain.text(content));
  }

  /**
   * The same again for some of its people, as a person here wishes: a file goes as it is now.
   *
   * @throws Fault TRANSFER_NOT_RESUMABLE for a stream
   */
  BlobId again(Sending sending, List<UserId> people) {
    return copy(sending, FileSource::open, tx -> fresh(tx, people));
  }

  /**
   * The same again for one of its people, whose copy there was is over: both in one transaction.
   * Nobody here wishes for it: what was not sent by a person does not go.
   *
   * @throws Fault TRANSFER_NOT_RESUMABLE for a stream, and after too many copies; TRANSFER_STATE
   *     for a copy that has ended, or a transfer that has as a whole; KEY_CHANGED when it was first
   *     offered to another key; what says that a file is not the one that was sent: nothing changed
   */
  void instead(Sending sending, UserId user) {
    copy(
        sending,
        path -> Originals.file(sending.source()),
        tx -> {
          Sending now = book.sending(tx, sending.blob());
          Sending.Recipient copy =
              now.copy(user)
                  .filter(one -> !one.stage().ended() && !now.stage().ended())
                  .orElseThrow(
                      () -> new Fault(FaultCode.TRANSFER_STATE, "their copy has ended already"));
          PinnedKey.require(tx, user, copy.key());
          book.put(tx, LeftToDo.dropped(tx, now.with(user, Stage.CANCELLED)), host.now());
          // What a person has paused here goes on when they say so, whoever asks meanwhile.
          Stage stage = now.stage() == Stage.PAUSED ? Stage.PAUSED : Stage.WAITING;
          return new Copies(List.of(copy.anew()), stage);
        });
    host.changed(sending.blob());
  }

  private BlobId copy(Sending sending, Function<Path, FileSource> opened, People people) {
    Label label = new Label(sending.name(), sending.caption());
    BlobId before = sending.blob();
    BlobId next =
        switch (sending.source().kind()) {
          case STREAM -> throw unrepeatable();
          case TEXT -> store(people, label, Plain.text(originals.text(before)), before);
          case FILE -> {
            try (FileSource source = opened.apply(Path.of(sending.source().path()))) {
              yield store(people, label, Plain.of(source), before);
            }
          }
          case FOLDER -> {
            Listing listing = originals.listing(before);
            try (FolderTar tar = new FolderTar(listing)) {
              Plain plain = Plain.folder(sending.source(), tar.size(), listing);
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

  private BlobId store(People people, Label label, Plain plain, @Nullable BlobId replaces) {
    BlobId blob = new BlobId(Bytes.of(random.bytes(BlobId.LENGTH)));
    Sending.Keys keys = new Sending.Keys(Bytes.of(random.bytes(32)), Bytes.of(random.bytes(32)));
    host.store(
        tx -> {
          Copies copies = people.in(tx);
          Sending row =
              new Sending(
                  blob,
                  keys,
                  plain.from(),
                  label.name(),
                  label.caption(),
                  copies.people(),
                  copies.stage(),
                  new Sending.Counts(plain.size(), 0, 0),
                  null,
                  replaces,
                  host.now(),
                  null);
          plain.kept().accept(tx, blob);
          book.put(tx, row, host.now());
          return true;
        });
    host.changed(blob);
    return blob;
  }
}
