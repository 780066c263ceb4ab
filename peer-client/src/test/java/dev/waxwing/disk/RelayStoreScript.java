package dev.waxwing.disk;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreAudit;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Two hundred transactions of a relay's store; the call fails in one of them. */
final class RelayStoreScript extends Script {
  private static final int OPERATIONS = 200;
  private static final EpochId EPOCH = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
  private static final StoreOptions OPTIONS = new StoreOptions(1L << 40, EPOCH);
  private static final Address ANN = address("ann", 1);
  private static final Address BEN = address("ben", 2);

  private final TreeMap<Long, Long> waiting = new TreeMap<>();
  private final TreeSet<Long> blobs = new TreeSet<>();
  private SqliteStore store;

  /** One transaction, and what it changes in the model once it is committed. */
  private record Operation(Script.Work work, Script.Work done, long mail, long blob) {}

  public static void main(String[] args) throws Exception {
    // SQLite's library is unpacked before anything is counted.
    SqliteStore.open(Path.of(args[0]).resolve("first"), OPTIONS).close();
    new RelayStoreScript().all(args);
  }

  @Override
  void run(Path folder, long nth, FailingDisk.Kind kind, long seed) throws Exception {
    ended = "";
    waiting.clear();
    blobs.clear();
    FailingDisk.plan(folder, nth, nth, kind);
    FaultCode opening = fault(() -> store = SqliteStore.open(folder, OPTIONS));
    if (opening != null) {
      FailingDisk.heal();
      ended = "open " + opening;
      requireOneOf(
          opening,
          FaultCode.STORE_STOPPED,
          FaultCode.DISK_FULL,
          kind == FailingDisk.Kind.EIO ? FaultCode.STORE_CORRUPT : FaultCode.STORE_STOPPED);
      return;
    }
    Operation unknown = work(new Random(seed), kind);
    FailingDisk.heal();
    if (unknown == null && store.state() == StoreEngine.State.OPEN) {
      store.close();
    }
    compare(folder, unknown);
  }

  /** The operation whose outcome nobody was told. */
  private Operation work(Random random, FailingDisk.Kind kind) {
    Operation unknown = null;
    FaultCode end = null;
    long[] next = {1};
    for (int i = 0; i < OPERATIONS; i++) {
      Operation operation = i == 0 ? registrations() : draw(random, next);
      if (unknown != null) {
        FaultCode later = fault(() -> transact(operation));
        require(later == end, "after the failure: " + later);
        continue;
      }
      FaultCode code = fault(() -> transact(operation));
      if (code == FaultCode.DISK_FULL) {
        ended = "full";
        require(store.state() == StoreEngine.State.OPEN, "full is not the end");
        if (i == 0) {
          transact(operation);
        }
      } else if (code != null) {
        // SQLite takes a page that cannot be read for damage.
        boolean damage = kind == FailingDisk.Kind.EIO && code == FaultCode.STORE_CORRUPT;
        require(damage || code == FaultCode.STORE_STOPPED, "ended with " + code);
        require(
            store.state() == (damage ? StoreEngine.State.CORRUPT : StoreEngine.State.STOPPED),
            "state " + store.state());
        ended = damage ? "unread" : "stopped";
        end = code;
        unknown = operation;
        if (planted) {
          operation.done().run();
          unknown = new Operation(() -> {}, () -> {}, 0, 0);
        }
      }
    }
    return unknown;
  }

  private void transact(Operation operation) {
    try {
      store.begin();
      operation.work().run();
      store.commit();
    } catch (Fault e) {
      store.rollback();
      throw e;
    }
    operation.done().run();
    store.upkeep(StoreEngine.Upkeep.BUSY);
  }

  private Operation registrations() {
    return new Operation(
        () -> {
          for (Address who : List.of(ANN, BEN)) {
            store
                .directory()
                .register(
                    new Registration(who.user(), bytes(32, 1), who.device(), bytes(200, 2), null),
                    1);
          }
        },
        () -> {},
        0,
        0);
  }

  private Operation draw(Random random, long[] next) {
    int kind = random.nextInt(10);
    long id = next[0]++;
    if (kind < 5 || (kind < 8 && waiting.isEmpty())) {
      long[] seq = {0};
      return new Operation(
          () -> {
            Mailbox.Appended appended =
                store
                    .mailbox()
                    .append(
                        new Mailbox.Message(
                            ANN,
                            message(id),
                            BEN.user(),
                            List.of(new Mailbox.Copy(BEN.device(), bytes(size(id), id)))),
                        id);
            require(appended.outcome() == Mailbox.Outcome.ACCEPTED, appended.toString());
            seq[0] = appended.rows().get(0).seq();
          },
          () -> waiting.put(id, seq[0]),
          id,
          0);
    }
    if (kind < 8) {
      Map.Entry<Long, Long> oldest = waiting.firstEntry();
      return new Operation(
          () ->
              store
                  .mailbox()
                  .ack(
                      BEN,
                      EPOCH,
                      List.of(new PeerMessage.Mail(oldest.getValue(), message(oldest.getKey())))),
          () -> waiting.remove(oldest.getKey()),
          oldest.getKey(),
          0);
    }
    if (kind == 8 || blobs.isEmpty()) {
      return new Operation(
          () -> store.blobs().create(blob(id), ANN, List.of(BEN), id), () -> blobs.add(id), 0, id);
    }
    if (random.nextBoolean()) {
      // A checkpoint, between two transactions.
      return new Operation(() -> {}, () -> store.upkeep(StoreEngine.Upkeep.IDLE), 0, 0);
    }
    long first = blobs.first();
    return new Operation(
        () -> store.blobs().remove(blob(first), RemovedReason.values()[0], id),
        () -> blobs.remove(first),
        0,
        first);
  }

  /** As a new process finds it: files copied, since a stopped store keeps its lock. */
  private void compare(Path folder, Operation unknown) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : List.of("relay.db", "relay.db-wal")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
    }
    try (SqliteStore again = SqliteStore.open(copy, OPTIONS)) {
      List<Long> found = new ArrayList<>();
      long before = 0;
      for (Mailbox.Row row : again.mailbox().fetch(BEN, 0, 10_000, Long.MAX_VALUE)) {
        long id = ByteBuffer.wrap(row.id().value().toArray()).getLong(8);
        require(row.body().equals(bytes(size(id), id)), "another body: " + id);
        require(row.seq() > before, "order");
        before = row.seq();
        found.add(id);
      }
      require(again.mailbox().quarantined() == 0, "quarantined");
      List<Long> kept = new ArrayList<>(waiting.keySet());
      TreeSet<Long> listed = new TreeSet<>();
      again.blobs().all().stream()
          .map(BlobRecord::id)
          .map(RelayStoreScript::number)
          .forEach(listed::add);
      if (unknown != null) {
        kept.remove(unknown.mail());
        found.remove(unknown.mail());
        blobs.remove(unknown.blob());
        listed.remove(unknown.blob());
      }
      require(found.equals(kept), "told " + kept + ", there are " + found);
      require(listed.equals(blobs), "blobs told " + blobs + ", there are " + listed);
    }
    List<String> problems = StoreAudit.of(copy.resolve("relay.db")).problems();
    require(problems.isEmpty(), problems.toString());
  }

  private static int size(long id) {
    return 200 + (int) (id % 9) * 1_000;
  }

  private static long number(BlobId blob) {
    return ByteBuffer.wrap(blob.value().toArray()).getLong(8);
  }

  private static MessageId message(long n) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  private static BlobId blob(long n) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  private static Address address(String name, long device) {
    return new Address(
        new UserId(name), new DeviceId(Bytes.of(ByteBuffer.allocate(8).putLong(device).array())));
  }

  static Bytes bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.of(bytes);
  }
}
