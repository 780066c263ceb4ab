package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.Random;

/** Names and bytes for tests. */
final class Samples {
  static final long MAIL_QUOTA = 100_000;
  static final EpochId EPOCH = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
  static final StoreOptions OPTIONS = new StoreOptions(MAIL_QUOTA, EPOCH);

  static final UserId ANN = new UserId("ann");
  static final UserId BEN = new UserId("ben");
  static final UserId CEM = new UserId("cem");
  static final Address ANN1 = new Address(ANN, device(1));
  static final Address BEN1 = new Address(BEN, device(2));
  static final Address BEN2 = new Address(BEN, device(3));
  static final Address CEM1 = new Address(CEM, device(4));

  private Samples() {}

  static DeviceId device(long n) {
    return new DeviceId(Bytes.of(ByteBuffer.allocate(8).putLong(n).array()));
  }

  static MessageId message(long n) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  static BlobId blob(long n) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n).array()));
  }

  static Bytes bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.of(bytes);
  }

  static TokenHash token(long n) {
    return TokenHash.of(bytes(32, n));
  }

  static Registration wish(Address who, TokenHash token) {
    long seed = who.user().name().hashCode();
    return new Registration(who.user(), bytes(32, seed), who.device(), bytes(200, seed + 1), token);
  }

  /** Registers a user with a first device, without an invite. */
  static void register(Store store, Address who) {
    store.directory().register(wish(who, null), 1000);
  }

  /** Gives a user more devices. */
  static void devices(Store store, Address... all) {
    UserId user = all[0].user();
    long seed = user.name().hashCode();
    java.util.List<DeviceId> devices = java.util.Arrays.stream(all).map(Address::device).toList();
    store.directory().putRecord(user, bytes(32, seed), bytes(210, seed), devices, 2000);
  }

  static Mailbox.Message mail(Address from, long id, int length, Address... to) {
    return new Mailbox.Message(
        from,
        message(id),
        to[0].user(),
        java.util.Arrays.stream(to)
            .map(one -> new Mailbox.Copy(one.device(), bytes(length, id)))
            .toList());
  }
}
