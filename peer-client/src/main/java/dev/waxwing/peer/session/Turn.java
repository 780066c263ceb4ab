package dev.waxwing.peer.session;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.peer.content.Content;
import java.util.ArrayList;
import java.util.List;

/**
 * One input being handled: its transaction, its time, and the effects that are let go once the
 * transaction is on disk.
 *
 * @param tx the transaction
 * @param now milliseconds since 1970, for people
 * @param date the same for what grows old ({@link Ageing})
 * @param effects in order
 */
record Turn(PeerStore.Tx tx, long now, long date, List<PeerEffect> effects) {
  Turn(PeerStore.Tx tx, long now, long date) {
    this(tx, now, date, new ArrayList<>());
  }

  void transmit(PeerMessage message) {
    transmit(message, new byte[0]);
  }

  void transmit(PeerMessage message, byte[] body) {
    effects.add(new PeerEffect.Transmit(message, body));
  }

  void put(PeerStore.MessageRow row) {
    tx.putMessage(row);
    effects.add(new PeerEffect.MessageChanged(row));
  }

  void put(PeerStore.ContactRow row) {
    tx.putContact(row);
    effects.add(new PeerEffect.ContactChanged(row));
  }

  void move(MessageId id, PeerStore.MessageRow.State state) {
    tx.message(id).filter(row -> row.state() != state).ifPresent(row -> put(row.in(state)));
  }

  /** What was given up in this turn is so for transfers as well, in the same transaction. */
  void giveUpIn(TransferLedger ledger) {
    for (PeerEffect effect : effects) {
      if (effect instanceof PeerEffect.Undeliverable lost) {
        ledger.givenUp(tx, lost.to(), lost.content(), lost.fault(), now);
      }
    }
  }

  void undeliverable(PeerStore.OutboxRow row, Content content, dev.waxwing.wire.Fault fault) {
    effects.add(new PeerEffect.Undeliverable(row.id(), row.to(), content, fault));
  }
}
