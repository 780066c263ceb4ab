package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Prekeys;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.RemovedReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work for the store thread, as data: run whole in one transaction, or not at all.
 * Times are milliseconds since 1970.
 */
public sealed interface StoreCall {

  /** Calls the case of this call. */
  <R> R on(Cases<R> cases);

  /** One method per call. */
  interface Cases<R> {
    R loadLogin(LoadLogin call);

    R enter(Enter call);

    R register(Register call);

    R publish(Publish call);

    R find(Find call);

    R takeBundles(TakeBundles call);

    R listPeople(ListPeople call);

    R setList(SetList call);

    R append(Append call);

    R fetch(Fetch call);

    R ack(Ack call);

    R createBlob(CreateBlob call);

    R sealBlob(SealBlob call);

    R setRecipient(SetRecipient call);

    R touchBlob(TouchBlob call);

    R removeBlob(RemoveBlob call);

    R removeUser(RemoveUser call);
  }

  /** The record of a user, to check a login against. Answered by {@code Login}. */
  record LoadLogin(UserId user) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.loadLogin(this);
    }
  }

  /** The device is logged in: notes it and loads what a session needs. Answered by Entered. */
  record Enter(Address who, long now) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.enter(this);
    }
  }

  /** Registers; signatures are verified. Answered by {@code Registered}. */
  record Register(Registration wish, long now) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.register(this);
    }
  }

  /** Keeps prekeys. Answered by {@code Left}. */
  record Publish(Address device, Prekeys.Batch batch, boolean replace) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.publish(this);
    }
  }

  /** A user's record. Answered by {@code Login}. */
  record Find(UserId user) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.find(this);
    }
  }

  /** Takes a bundle a device. Answered by {@code Bundles}; declined when blocked. */
  record TakeBundles(UserId user, UserId requester) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.takeBundles(this);
    }
  }

  /**
   * A page of the people {@code viewer} may see, sorted, without those who have blocked the viewer
   * and those the viewer has blocked. Answered by {@code People}.
   *
   * @param contactsOnly whether only mutual visibility lists people
   * @param after the name before the page; null for the first
   * @param limit most names looked at
   */
  record ListPeople(UserId viewer, boolean contactsOnly, @Nullable UserId after, int limit)
      implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.listPeople(this);
    }
  }

  /** Puts a user on, or takes one off, the owner's list. Answered by {@code Changed}. */
  record SetList(UserList list, UserId owner, UserId other, boolean member) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.setList(this);
    }
  }

  /** Which list of a user. */
  enum UserList {
    BLOCKED,
    VISIBLE
  }

  /** Puts one message into every target mailbox. Answered by {@code Appended}. */
  record Append(List<Mailbox.Message> messages, long now) implements StoreCall {
    /** Copies the list. */
    public Append {
      messages = List.copyOf(messages);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.append(this);
    }
  }

  /** Mail of a device after {@code afterSeq}. Answered by {@code Mail}. */
  record Fetch(Address device, long afterSeq, int maxRows, long maxBytes) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.fetch(this);
    }
  }

  /** Removes mail. Answered by {@code Acked}. */
  record Ack(Address device, EpochId epoch, List<PeerMessage.Mail> mail) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.ack(this);
    }
  }

  /** Enters a blob. Answered by {@code Created}. */
  record CreateBlob(BlobId blob, Address owner, List<Address> recipients, long ran)
      implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.createBlob(this);
    }
  }

  /** Says how long a blob is. Answered by {@code Sealed}. */
  record SealBlob(BlobId blob, BlobRecord.Seal seal, long ran) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.sealBlob(this);
    }
  }

  /** Says how far a recipient has come. Answered by {@code Changed}. */
  record SetRecipient(BlobId blob, Address recipient, BlobRecord.RecipientState state, long ran)
      implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.setRecipient(this);
    }
  }

  /** Notes that the blob is in use. Answered by {@code Changed}. */
  record TouchBlob(BlobId blob, long ran) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.touchBlob(this);
    }
  }

  /** Removes a blob. Answered by {@code Changed}. */
  record RemoveBlob(BlobId blob, RemovedReason reason, long now) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.removeBlob(this);
    }
  }

  /** Removes a user. Answered by {@code Changed}. */
  record RemoveUser(UserId user, RemovedReason reason, long now) implements StoreCall {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.removeUser(this);
    }
  }
}
