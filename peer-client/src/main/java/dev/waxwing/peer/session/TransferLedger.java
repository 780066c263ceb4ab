package dev.waxwing.peer.session;

import dev.waxwing.message.Address;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.wire.Fault;

/**
 * Keeps what messages say about transfers, in the transaction that stores or queues the message.
 * The port the transfers hang on.
 */
public interface TransferLedger {
  /** Stores what {@code content} means for transfers; most contents mean nothing. */
  void store(PeerStore.Tx tx, Address from, Content content, long now);

  /**
   * Looks at what somebody is to be told, before it is sealed or queued.
   *
   * @throws Fault to refuse it, as KEY_CHANGED refuses what is for another key of theirs: nobody is
   *     told anything
   */
  void admit(PeerStore.Tx tx, UserId to, Content content);

  /** Keeps what it means for transfers that somebody will not be told {@code content}. */
  void givenUp(PeerStore.Tx tx, UserId to, Content content, Fault fault, long now);
}
