package dev.waxwing.peer.transfer;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Under which account key somebody is known: a file for one is not sent to another. */
final class PinnedKey {
  private PinnedKey() {}

  /** The account key of a person; none while another one is held, or when they are not known. */
  static Optional<Bytes> of(PeerStore.Tx tx, UserId user) {
    return tx.contact(user)
        .filter(row -> row.trust() != Trust.CHANGED)
        .map(row -> UserRecord.Signed.parse(row.record().toArray()).record().accountKey());
  }

  /** Whether a person is known under {@code key}. */
  static boolean is(PeerStore.Tx tx, UserId user, Bytes key) {
    return of(tx, user).filter(key::equals).isPresent();
  }

  /** What becomes of a file for somebody who is known under another key. */
  static Fault changed(UserId user) {
    return new Fault(
        FaultCode.KEY_CHANGED,
        "it was for another key of " + user + "; it is not sent to this one by itself");
  }

  /**
   * Returns if a person is known under {@code key}.
   *
   * @param key for which a file was sent; null where it was not noted
   * @throws Fault KEY_CHANGED
   */
  static void require(PeerStore.Tx tx, UserId user, @Nullable Bytes key) {
    if (key == null || !is(tx, user, key)) {
      throw changed(user);
    }
  }
}
