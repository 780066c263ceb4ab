package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.relay.store.StoreWork;
import dev.waxwing.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MailExpiryTest {
  private static final long NOW = 100L * 24 * 3_600_000;
  private static final Address ANA =
      new Address(new UserId("ana"), new DeviceId(Bytes.of(new byte[8])));

  private static Bytes bytes(int length) {
    return Bytes.of(new byte[length]);
  }

  private static <T> T get(StoreThread store, StoreWork<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    store.submit(1, work, StoreDone.of(done::complete, done::completeExceptionally));
    return done.get(20, TimeUnit.SECONDS);
  }

  @Test
  void allThatIsOldGoesInOneRunAndWhatIsNewStays() throws Exception {
    int old = 2 * MailExpiry.AT_ONCE + 17;
    try (StoreThread store =
        StoreThread.start(
            new MemoryStore(new StoreOptions(1 << 20, new EpochId(bytes(EpochId.LENGTH)))),
            StoreThread.Limits.DEFAULT)) {
      get(
          store,
          open ->
              open.directory()
                  .register(
                      new Registration(ANA.user(), bytes(32), ANA.device(), bytes(200), null), 1));
      BlockingQueue<Long> expired = new LinkedBlockingQueue<>();
      AtomicLong ran = new AtomicLong(60_000);
      MailExpiry expiry = new MailExpiry(store, () -> new Moment(NOW, ran.get()), expired::add);
      for (int i = 0; i <= old; i++) {
        if (i == old) {
          expiry.run();
          assertEquals(0L, expired.poll(20, TimeUnit.SECONDS), "nothing is old yet");
        }
        MessageId id = new MessageId(Bytes.of(ByteBuffer.allocate(16).putInt(i).array()));
        Mailbox.Message message =
            new Mailbox.Message(
                ANA, id, ANA.user(), List.of(new Mailbox.Copy(ANA.device(), bytes(5))));
        assertEquals(
            Mailbox.Outcome.ACCEPTED,
            get(store, open -> open.mailbox().append(message, NOW)).outcome());
      }
      ran.addAndGet(Mailbox.KEPT_MILLIS);
      expiry.run();
      assertEquals(Long.valueOf(old), expired.poll(20, TimeUnit.SECONDS));
      assertEquals(Long.valueOf(1), get(store, open -> open.mailbox().waiting(ANA)));
    }
  }
}
