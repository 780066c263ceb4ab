package dev.waxwing.relay.backup;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.Invite;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Prekeys;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.Store;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.TokenHash;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** The folders of a relay with something of everything in them. */
final class SampleRelay {
  static final Address ANN = address("ann", 1);
  static final Address BEN = address("ben", 2);
  static final int MAIL = 30;
  static final EpochId EPOCH = epoch(1);
  static final StoreOptions OPTIONS = new StoreOptions(1L << 40, EPOCH);

  /** A sealed blob of three parts. */
  static final BlobId SEALED = blob(1);

  /** One of which a part is here and more come. */
  static final BlobId GROWING = blob(2);

  /** One that is only on the list. */
  static final BlobId LISTED = blob(3);

  final RelayPlaces places;

  SampleRelay(Path folder) throws IOException {
    places = new RelayPlaces(folder, folder.resolve("keys"), folder.resolve("relay.json"));
    Files.createDirectories(places.keys());
    Files.writeString(places.keys().resolve("relay-identity"), "an identity\n");
    Files.writeString(places.keys().resolve("tls-key.pem"), "a key\n");
    Files.writeString(places.keys().resolve("notes.txt"), "not the relay's\n");
    Files.writeString(places.config(), "{\"port\":7381}\n");
    try (SqliteStore store = SqliteStore.open(folder, OPTIONS)) {
      store.begin();
      fill(store);
      store.commit();
    }
    try (FileBlobStore blobs = FileBlobStore.open(places.blobs())) {
      blobs.recover();
      blobs.write(SEALED, 0, part(0));
      blobs.write(SEALED, 1, part(1));
      blobs.write(SEALED, 2, bytes(777, 2).toArray());
      blobs.force(SEALED);
      blobs.write(GROWING, 5, part(5));
      blobs.force(GROWING);
    }
  }

  private static void fill(Store store) {
    for (Address who : List.of(ANN, BEN)) {
      int seed = who.user().name().hashCode();
      store
          .directory()
          .register(
              new Registration(
                  who.user(), bytes(32, seed), who.device(), bytes(200, seed + 1), null),
              1_000);
      store
          .directory()
          .publishPrekeys(
              who,
              new Prekeys.Batch(
                  bytes(100, seed + 2),
                  bytes(1_300, seed + 3),
                  List.of(new Prekeys.OneTime(1, bytes(100, seed + 4))),
                  List.of(new Prekeys.OneTime(2, bytes(1_300, seed + 5)))),
              true);
    }
    for (long id = 1; id <= MAIL; id++) {
      append(store, id);
    }
    store.directory().createInvite(TokenHash.of(bytes(20, 9)), new Invite.Limits(0, 9, 1), "note");
    for (BlobId blob : List.of(SEALED, GROWING, LISTED)) {
      store.blobs().create(blob, ANN, List.of(BEN), 5);
    }
    store.blobs().seal(SEALED, new BlobRecord.Seal(3, WireLimits.partStart(2) + 777), 6);
  }

  /** Puts a message from ann into ben's mailbox. */
  static void append(Store store, long id) {
    store
        .mailbox()
        .append(
            new Mailbox.Message(
                ANN, message(id), BEN.user(), List.of(new Mailbox.Copy(BEN.device(), body(id)))),
            id);
  }

  static Bytes body(long id) {
    return bytes(300 + (int) (id % 5) * 100, id);
  }

  static byte[] part(long index) {
    return bytes(WireLimits.partLength(index), index).toArray();
  }

  static MessageId message(long n) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  static BlobId blob(long n) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  static EpochId epoch(long n) {
    return new EpochId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  private static Address address(String name, long device) {
    return new Address(
        new UserId(name), new DeviceId(Bytes.of(ByteBuffer.allocate(8).putLong(device).array())));
  }

  private static Bytes bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.of(bytes);
  }
}
