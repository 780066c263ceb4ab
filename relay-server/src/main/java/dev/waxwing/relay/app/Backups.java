package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.relay.backup.BackupCheck;
import dev.waxwing.relay.backup.BackupWriter;
import dev.waxwing.relay.net.Json;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Makes backups of a relay whose store is open, one at a time, on a thread of their own: only the
 * copy of the database holds the store's thread up. Any thread.
 */
final class Backups {
  /** The longest a backup may take. */
  static final Duration LONGEST = Duration.ofHours(12);

  private final Places places;
  private final StoreThread store;
  private final LongSupplier clock;
  private final AtomicBoolean busy = new AtomicBoolean();

  Backups(Places places, StoreThread store, LongSupplier clock) {
    this.places = places;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Makes one; failures end the future with a {@link Fault}.
   *
   * @param to an absolute path
   */
  CompletableFuture<JsonNode> create(String to) {
    Path target = Path.of(to);
    if (!target.isAbsolute()) {
      throw new Fault(FaultCode.USAGE, "a backup wants an absolute path");
    }
    if (!busy.compareAndSet(false, true)) {
      throw new Fault(FaultCode.STORE_BUSY, "a backup is being made already");
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    Thread thread = new Thread(() -> make(target, answer), "backup");
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  private void make(Path target, CompletableFuture<JsonNode> answer) {
    try {
      BackupWriter.Made made =
          BackupWriter.make(places.forBackups(), this::snapshot, target, clock.getAsLong());
      ObjectNode node =
          Json.object()
              .put("backup", made.path().toString())
              .put("files", made.files())
              .put("bytes", made.bytes());
      answer.complete(describe(node, made.found()));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    } finally {
      busy.set(false);
    }
  }

  private void snapshot(Path into) {
    CompletableFuture<Path> done = new CompletableFuture<>();
    store.snapshot(into, StoreDone.of(done::complete, done::completeExceptionally));
    Relay.await(done, LONGEST);
  }

  /** Adds what a backup holds. */
  static ObjectNode describe(ObjectNode to, BackupCheck.Found found) {
    to.put("users", found.users())
        .put("mail", found.mail())
        .put("blobs", found.blobs())
        .put("parts", found.parts());
    found.problems().forEach(to.putArray("problems")::add);
    return to;
  }
}
