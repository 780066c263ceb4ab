package dev.waxwing.peer.store;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.List;

/** Rows for tests, told apart by a number. */
final class Samples {
  static final UserId ALI = new UserId("ali");
  static final UserId BEA = new UserId("bea");

  private Samples() {}

  static MessageId message(int n) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putInt(12, n).array()));
  }

  static BlobId blob(int n) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putInt(0, n).array()));
  }

  static DeviceId device(int n) {
    return new DeviceId(Bytes.of(ByteBuffer.allocate(8).putInt(4, n).array()));
  }

  static Address address(UserId user, int n) {
    return new Address(user, device(n));
  }

  static PeerStore.PrekeyRow prekey(Prekeys.Kind kind, long id, long created) {
    byte[] secret = new byte[32];
    secret[0] = (byte) id;
    return new PeerStore.PrekeyRow(kind, id, created, secret);
  }

  static PeerStore.ContactRow contact(UserId user, String alias, String displayName) {
    return new PeerStore.ContactRow(
        user,
        alias,
        displayName,
        Bytes.of(new byte[] {1, 2, 3}),
        null,
        Trust.NEW,
        PeerStore.Marks.NONE,
        17);
  }

  static PeerStore.MessageRow line(int n, UserId with, String text) {
    return new PeerStore.MessageRow(
        message(n),
        with,
        PeerStore.MessageRow.State.UNREAD,
        PeerStore.MessageRow.Kind.TEXT,
        -5 - n,
        1_000 + n,
        text,
        null,
        false);
  }

  static PeerStore.OutboxRow outgoing(int n, PeerStore.OutboxRow.State state, byte[] plaintext) {
    return new PeerStore.OutboxRow(message(n), ALI, state, 5, plaintext, List.of(), 0);
  }

  static PeerStore.MessageQuery newest(int limit) {
    return new PeerStore.MessageQuery(null, null, 0, null, limit);
  }
}
