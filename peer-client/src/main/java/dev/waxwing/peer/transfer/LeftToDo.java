package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;

/**
 * What is left to do for transfers: noted in the transaction that makes it necessary, and struck
 * out when it is done, so that the next process does what this one did not come to. Stateless; used
 * inside transactions.
 */
final class LeftToDo {
  private LeftToDo() {}

  /** Somebody is to hear of their copy: another one, or that there is none. */
  static String answer(BlobId blob, UserId user) {
    return "asked/" + blob + "/" + user;
  }

  /** The relay is to hear that it need not keep a transfer sent from here. */
  static String dropping(BlobId blob) {
    return "dropping/" + blob;
  }

  /**
   * What came of a transfer is to be deleted, and the relay to hear that this device has it not.
   */
  static String leaving(BlobId blob) {
    return "leaving/" + blob;
  }

  /** A file that is done is to be tidied up after; the value is where its parts were. */
  static String finishing(BlobId blob) {
    return "finishing/" + blob;
  }

  /** Notes what is left to do for a transfer sent from here, if it has ended. */
  static Sending dropped(PeerStore.Tx tx, Sending row) {
    if (row.stage().ended()) {
      note(tx, dropping(row.blob()));
    }
    return row;
  }

  static void note(PeerStore.Tx tx, String what) {
    tx.putValue(what, new byte[] {1});
  }

  static boolean isNoted(PeerStore.Tx tx, String what) {
    return tx.value(what).isPresent();
  }

  static boolean done(PeerStore.Tx tx, String what) {
    tx.removeValue(what);
    return true;
  }
}
