package dev.waxwing.simulation;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.MemoryStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Faults of relays, each one mistake. */
final class RelayPlants {
  private RelayPlants() {}

  /** A message is accepted before its row is forced. */
  static final class AcceptBeforeForce extends Plant {
    @Override
    boolean answersEarly(StoreCall call) {
      return call instanceof StoreCall.Append;
    }
  }

  /** Of messages that come together the first is stored, and all are accepted. */
  static final class AcceptBeforeAllAreStored extends Plant {
    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      if (!(call instanceof StoreCall.Append append)) {
        return right.get();
      }
      Mailbox.Appended first = store.mailbox().append(append.messages().get(0), append.now());
      List<Mailbox.Appended> results = new ArrayList<>(List.of(first));
      for (int i = 1; i < append.messages().size(); i++) {
        results.add(new Mailbox.Appended(Mailbox.Outcome.ACCEPTED, List.of()));
      }
      return new StoreReply.Appended(results);
    }
  }

  private static StoreReply ackAs(StoreCall.Ack ack, MemoryStore store, List<Mailbox.Row> rows) {
    List<PeerMessage.Mail> named =
        rows.stream().map(row -> new PeerMessage.Mail(row.seq(), row.id())).toList();
    return new StoreReply.Acked(store.mailbox().ack(ack.device(), store.mailbox().epoch(), named));
  }

  private static List<Mailbox.Row> rows(StoreCall.Ack ack, MemoryStore store) {
    return store.mailbox().fetch(ack.device(), 0, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** An ack counts in whatever incarnation of the mailbox; peers say theirs again and again. */
  static final class EpochOfAckIgnored extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.RELAY_RESTORES);
    }

    private final List<PeerEffect> acks = new ArrayList<>();

    @Override
    List<PeerEffect> peerEffects(PeerInput input, List<PeerEffect> right) {
      for (PeerEffect effect : right) {
        if (effect instanceof PeerEffect.Transmit transmit
            && transmit.message() instanceof PeerMessage.Ack) {
          acks.add(effect);
        }
      }
      return right;
    }

    @Override
    List<PeerEffect> beforeInput(PeerInput input) {
      return input instanceof PeerInput.LinkUp ? List.copyOf(acks) : List.of();
    }

    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      return call instanceof StoreCall.Ack ack
          ? ackAs(
              ack,
              store,
              rows(ack, store).stream()
                  .filter(row -> ack.mail().contains(new PeerMessage.Mail(row.seq(), row.id())))
                  .toList())
          : right.get();
    }
  }

  /** An ack counts by the row's number alone. */
  static final class AckWithoutId extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.RELAY_RESTORES);
    }

    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      return call instanceof StoreCall.Ack ack
          ? ackAs(
              ack,
              store,
              rows(ack, store).stream()
                  .filter(row -> ack.mail().stream().anyMatch(one -> one.seq() == row.seq()))
                  .toList())
          : right.get();
    }
  }

  /** An ack counts for all that is older, too. */
  static final class AckIsCumulative extends Plant {
    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      if (!(call instanceof StoreCall.Ack ack) || !ack.epoch().equals(store.mailbox().epoch())) {
        return right.get();
      }
      long last = ack.mail().stream().mapToLong(PeerMessage.Mail::seq).max().orElse(0);
      return ackAs(ack, store, rows(ack, store).stream().filter(row -> row.seq() <= last).toList());
    }
  }

  /** What an acked row took of the quota is not given back. */
  static final class QuotaRowLeaked extends Plant {
    private final Map<UserId, Long> leaked = new HashMap<>();

    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      if (call instanceof StoreCall.Ack ack) {
        UserId user = ack.device().user();
        long before = store.mailbox().usage(user).bytes();
        StoreReply reply = right.get();
        leaked.merge(user, before - store.mailbox().usage(user).bytes(), Long::sum);
        return reply;
      }
      if (!(call instanceof StoreCall.Append append)) {
        return right.get();
      }
      return new StoreReply.Appended(
          append.messages().stream()
              .map(
                  message ->
                      leaked.getOrDefault(message.recipient(), 0L) > 60_000
                          ? new Mailbox.Appended(Mailbox.Outcome.MAILBOX_FULL, List.of())
                          : store.mailbox().append(message, append.now()))
              .toList());
    }
  }

  /** What comes behind a message that finds no room is stored all the same. */
  static final class FullMailboxOvertaken extends Plant {
    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      return call instanceof StoreCall.Append append
          ? new StoreReply.Appended(
              append.messages().stream()
                  .map(message -> store.mailbox().append(message, append.now()))
                  .toList())
          : right.get();
    }
  }

  /** A fetch leaves out the first of several rows. */
  static final class FetchSkips extends Plant {
    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      StoreReply reply = right.get();
      return reply instanceof StoreReply.Mail mail && mail.rows().size() > 1
          ? new StoreReply.Mail(mail.rows().subList(1, mail.rows().size()))
          : reply;
    }
  }

  /** One-time keys are handed out again. */
  static final class OneTimeKeyTwice extends Plant {
    private final Map<UserId, StoreReply> given = new HashMap<>();

    @Override
    StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
      return call instanceof StoreCall.TakeBundles take
          ? given.computeIfAbsent(take.user(), user -> right.get())
          : right.get();
    }
  }

  /** Every second that the relay runs is taken for eleven days. */
  static final class ExpiryTooEarly extends Plant {
    @Override
    long ran(long right) {
      return right * 1_000_000;
    }
  }

  /** A force that failed is tried again, and is good then. */
  static final class FailedForceForgotten extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.RELAY_DISK);
    }

    @Override
    boolean goesOnAfterFailedForce() {
      return true;
    }
  }

  /** A resumed upload goes on one part too far. */
  static final class ResumeTooFar extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.BLOBS);
    }

    @Override
    RelayMessage toPeer(RelayMessage right) {
      return right instanceof RelayMessage.PutFrom from
          ? new RelayMessage.PutFrom(from.blob(), from.part() + 1)
          : right;
    }
  }

  /** A part counts as forced when it is written. */
  static final class PartsNeverForced extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.BLOBS);
    }

    @Override
    boolean forcesNothing() {
      return true;
    }
  }

  /** Parts are let go of before everybody has them. */
  static final class TailFreedTooEarly extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.BLOBS);
    }

    @Override
    boolean freesForced() {
      return true;
    }
  }
}
