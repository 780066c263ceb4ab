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
