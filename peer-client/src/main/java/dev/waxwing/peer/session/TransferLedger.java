package dev.waxwing.peer.session;

import dev.waxwing.message.Address;
import dev.waxwing.peer.content.Content;

/**
 * Keeps what messages say about transfers, in the transaction that stores the message. The port the
 * transfers hang on.
 */
@FunctionalInterface
public interface TransferLedger {
  /** Stores what {@code content} means for transfers; most contents mean nothing. */
  void store(PeerStore.Tx tx, Address from, Content content, long now);
}
