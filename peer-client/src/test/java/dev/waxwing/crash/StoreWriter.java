package dev.waxwing.crash;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/**
 * A program that is the relay's stores and nothing else: appends mail and writes parts of a blob
 * without end, and prints what is kept, for as long as it lives.
 *
 * <pre>
 *  StoreWriter FOLDER FIRST BLOB     prints "mail N" and "part N"
 * </pre>
 */
public final class StoreWriter {
  static final StoreOptions OPTIONS =
      new StoreOptions(1L << 40, new EpochId(Bytes.of(new byte[EpochId.LENGTH])));
  static final Address ANN = address("ann", 1);
  static final Address BEN = address("ben", 2);

  private static final int BODY = 400;
  private static final int MOST_WAITING = 40;
  private static final int MAIL_A_PART = 16;

  private StoreWriter() {}

  /** Writes until it is killed. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path folder = Path.of(args[0]);
    long first = Long.parseLong(args[1]);
    BlobId blob = blob(Long.parseLong(args[2]));
    StoreThread store =
        StoreThread.start(
            SqliteStore.open(folder.resolve("data"), OPTIONS), StoreThread.Limits.DEFAULT);
    FileBlobStore blobs = FileBlobStore.open(folder.resolve("blobs"));
    blobs.recover();
    submit(store, 0, out, "registered");
    long part = 0;
    for (long id = first; ; ) {
      if (store.waiting() < MOST_WAITING) {
        submit(store, id, out, "mail " + id);
        id++;
      } else if (id / MAIL_A_PART > part + first / MAIL_A_PART) {
        blobs.write(blob, part, part(part));
        out.println("part " + (blobs.force(blob) - 1));
        part++;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private static void submit(StoreThread store, long id, PrintStream out, String said) {
    store.submit(
        BODY,
        work -> {
          if (id == 0) {
            work.directory().register(wish(ANN), 1000);
            work.directory().register(wish(BEN), 1000);
            return true;
          }
          return work.mailbox().append(mail(id), id).outcome() == Mailbox.Outcome.ACCEPTED;
        },
        StoreDone.of(
            kept -> out.println(kept ? said : "refused"), fault -> out.println(fault.code())));
  }

  private static Address address(String name, long device) {
    byte[] id = ByteBuffer.allocate(8).putLong(device).array();
    return new Address(new UserId(name), new DeviceId(Bytes.of(id)));
  }

  private static Registration wish(Address who) {
    long seed = who.user().name().hashCode();
    return new Registration(who.user(), bytes(32, seed), who.device(), bytes(200, seed + 1), null);
  }

  static MessageId message(long id) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, id).array()));
  }

  static BlobId blob(long id) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putLong(8, id).array()));
  }

  static Mailbox.Message mail(long id) {
    return new Mailbox.Message(
        ANN,
        message(id),
        BEN.user(),
        java.util.List.of(new Mailbox.Copy(BEN.device(), bytes(BODY, id))));
  }

  /** A whole part: every part but the last of a blob has its full length. */
  static byte[] part(long part) {
    byte[] bytes = new byte[(int) WireLimits.partLength(part)];
    new Random(part).nextBytes(bytes);
    return bytes;
  }

  private static Bytes bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.of(bytes);
  }
}
