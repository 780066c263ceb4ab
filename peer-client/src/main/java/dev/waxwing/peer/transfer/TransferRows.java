package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all transfers: each change is a transaction of its own, and whoever follows the
 * transfer hears of it. Thread-safe.
 */
final class TransferRows {
  private final Host host;
  private final TransferBook book = new TransferBook();

  TransferRows(Host host) {
    this.host = host;
  }

  /** Who is still to hear of their copy; see {@link LeftToDo#answer}. */
  List<UserId> unanswered(Sending sending) {
    return host.store(
        tx ->
            sending.people().stream()
                .map(Sending.Recipient::user)
                .filter(user -> LeftToDo.isNoted(tx, LeftToDo.answer(sending.blob(), user)))
                .toList());
  }

  /** Whether something noted in {@link LeftToDo} is still to be done. */
  boolean isLeft(String what) {
    return host.store(tx -> LeftToDo.isNoted(tx, what));
  }

  /** Strikes out something noted in {@link LeftToDo}. */
  void done(String what) {
    host.store(tx -> LeftToDo.done(tx, what));
  }

  Optional<Entry> find(BlobId blob) {
    return host.store(tx -> book.find(tx, blob));
  }

  /**
   * One transfer.
   *
   * @throws Fault TRANSFER_UNKNOWN
   */
  Entry entry(BlobId blob) {
    return find(blob).orElseThrow(TransferRows::unknown);
  }

  private static Fault unknown() {
    return new Fault(FaultCode.TRANSFER_UNKNOWN, "there is no such transfer");
  }

  /** Every transfer, oldest first. */
  List<Entry> all() {
    return host.store(book::all);
  }

  /**
   * A transfer sent from here.
   *
   * @throws Fault TRANSFER_UNKNOWN
   */
  Sending sending(BlobId blob) {
    return host.store(tx -> book.sending(tx, blob));
  }

  /**
   * Changes a transfer sent from here.
   *
   * @throws Fault TRANSFER_UNKNOWN, or what {@code change} refuses: nothing changed
   */
  void changeSending(BlobId blob, UnaryOperator<Sending> change) {
    changeSendingIn(blob, (tx, now) -> change.apply(now));
  }

  /** The same, for a change that needs to know more of what is stored, or writes more. */
  void changeSendingIn(BlobId blob, BiFunction<PeerStore.Tx, Sending, Sending> change) {
    host.store(
        tx -> {
          book.put(tx, change.apply(tx, book.sending(tx, blob)), host.now());
          return true;
        });
    host.changed(blob);
  }

  /**
   * Changes a transfer offered to this profile.
   *
   * @throws Fault TRANSFER_UNKNOWN, or what {@code change} refuses: nothing changed
   */
  void changeReceiving(BlobId blob, UnaryOperator<Receiving> change) {
    changeReceivingIn(blob, (tx, now) -> change.apply(now));
  }

  /** The same, for a change that writes more than the row. */
  void changeReceivingIn(BlobId blob, BiFunction<PeerStore.Tx, Receiving, Receiving> change) {
    host.store(
        tx -> {
          book.put(tx, change.apply(tx, book.receiving(tx, blob)), host.now());
          return true;
        });
    host.changed(blob);
  }

  /**
   * Changes a transfer of either kind, as it is found in the one transaction.
   *
   * @throws Fault TRANSFER_UNKNOWN, or what a change refuses: nothing changed
   */
  void change(BlobId blob, UnaryOperator<Sending> sent, UnaryOperator<Receiving> offered) {
    host.store(
        tx -> {
          Entry entry = book.find(tx, blob).orElseThrow(TransferRows::unknown);
          Sending sending = entry.sending();
          if (sending == null) {
            book.put(tx, offered.apply(book.receiving(tx, blob)), host.now());
          } else {
            book.put(tx, sent.apply(sending), host.now());
          }
          return true;
        });
    host.changed(blob);
  }

  /**
   * Notes the next stage of a transfer that is under way; one that is paused, whole or over stays
   * as it is.
   *
   * @return whether it was under way
   * @throws Fault TRANSFER_UNKNOWN
   */
  boolean step(BlobId blob, Stage stage, Sending.@Nullable Problem why) {
    boolean stepped =
        host.store(
            tx -> {
              Entry entry = book.find(tx, blob).orElseThrow(TransferRows::unknown);
              Sending sending = entry.sending();
              Receiving receiving = entry.receiving();
              if (sending != null && sending.stage().underWay()) {
                book.put(tx, sending.at(stage, why), host.now());
                return true;
              }
              if (receiving != null && receiving.stage().underWay()) {
                book.put(tx, receiving.at(stage, why), host.now());
                return true;
              }
              return false;
            });
    if (stepped) {
      host.changed(blob);
    }
    return stepped;
  }

  /**
   * Notes a transfer's stage. What has ended stays as it is: the word that ended it may come while
   * a worker still looks at what the relay said.
   */
  void move(BlobId blob, Stage stage, Sending.@Nullable Problem why) {
    host.store(
        tx -> {
          Entry entry = book.find(tx, blob).orElse(null);
          Sending sending = entry == null ? null : entry.sending();
          Receiving receiving = entry == null ? null : entry.receiving();
          if (sending != null && !sending.stage().ended()) {
            book.put(tx, sending.at(stage, why), host.now());
          } else if (receiving != null && !receiving.stage().ended()) {
            book.put(tx, receiving.at(stage, why), host.now());
          }
          return true;
        });
    host.changed(blob);
  }
}
