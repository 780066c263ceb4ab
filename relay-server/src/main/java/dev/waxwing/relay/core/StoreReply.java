package dev.waxwing.relay.core;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobCatalog;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Prekeys;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.UserEntry;
import dev.waxwing.wire.Fault;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the store answered, after its commit; each {@link StoreCall} names its own. */
public sealed interface StoreReply {

  /** Nothing of the call was done. */
  record Failed(Fault fault) implements StoreReply {}

  /** The user, if there is one. */
  record Login(@Nullable UserEntry user) implements StoreReply {}

  /**
   * What a session needs.
   *
   * @param epoch the mailboxes' incarnation
   * @param left one-time prekeys of this device
   * @param blocked whom the user has blocked
   * @param visibleTo who may see the user where only mutual visibility lists people
   * @param waiting rows in the device's mailbox
   */
  record Entered(
      EpochId epoch, Prekeys.Counts left, Set<UserId> blocked, Set<UserId> visibleTo, long waiting)
      implements StoreReply {
    /** Copies the sets. */
    public Entered {
      blocked = Set.copyOf(blocked);
      visibleTo = Set.copyOf(visibleTo);
    }
  }

  /** What became of a registration. */
  record Registered(Registration.Outcome outcome) implements StoreReply {}

  /** One-time prekeys there are now. */
  record Left(Prekeys.Counts counts) implements StoreReply {}

  /** Bundles taken; null when the user is unknown. */
  record Bundles(Prekeys.@Nullable Taken taken) implements StoreReply {}

  /**
   * A page of people.
   *
   * @param people those the viewer may see, sorted
   * @param next where the next page begins; null when this is the last
   */
  record People(List<UserId> people, @Nullable UserId next) implements StoreReply {
    /** Copies the list. */
    public People {
      people = List.copyOf(people);
    }
  }

  /** Done; whether there was anything to change. */
  record Changed(boolean changed) implements StoreReply {}

  /**
   * What became of each message, in their order. Those behind one that was not taken were not tried
   * and have no result.
   */
  record Appended(List<Mailbox.Appended> results) implements StoreReply {
    /** Copies the list. */
    public Appended {
      results = List.copyOf(results);
    }
  }

  /** Mail in order; fewer rows than asked for by either limit means that there is no more. */
  record Mail(List<Mailbox.Row> rows) implements StoreReply {
    /** Copies the list. */
    public Mail {
      rows = List.copyOf(rows);
    }
  }

  /** How many rows an ack removed. */
  record Acked(int removed) implements StoreReply {}

  /** What became of a blob's creation. */
  record Created(BlobCatalog.CreateOutcome outcome) implements StoreReply {}

  /** What became of a seal. */
  record Sealed(BlobCatalog.SealOutcome outcome) implements StoreReply {}
}
