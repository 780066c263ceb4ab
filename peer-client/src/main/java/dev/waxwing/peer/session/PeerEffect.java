package dev.waxwing.peer.session;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.wire.Fault;
import org.jspecify.annotations.Nullable;

/** What the shell is to do, after the transaction of the input that caused it is on disk. */
public sealed interface PeerEffect {
  /** Calls the case of this effect. */
  <R> R on(Cases<R> cases);

  /** One method per effect. */
  interface Cases<R> {
    R transmit(Transmit effect);

    R messageChanged(MessageChanged effect);

    R contactChanged(ContactChanged effect);

    R contentArrived(ContentArrived effect);

    R undeliverable(Undeliverable effect);

    R looked(Looked effect);

    R reply(Reply effect);

    R notice(Notice effect);
  }

  /** Send this to the relay; forget it when there is no connection. */
  record Transmit(PeerMessage message, byte[] body) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.transmit(this);
    }
  }

  /** A line of the history is new or moved on. */
  record MessageChanged(PeerStore.MessageRow message) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.messageChanged(this);
    }
  }

  /** A person's key or marks changed. */
  record ContactChanged(PeerStore.ContactRow contact) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.contactChanged(this);
    }
  }

  /** Content that concerns transfers was stored. */
  record ContentArrived(Address from, MessageId id, Content content) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.contentArrived(this);
    }
  }

  /** A message was given up. */
  record Undeliverable(MessageId id, UserId to, Content content, Fault fault)
      implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.undeliverable(this);
    }
  }

  /** A person's record came, or not. */
  record Looked(UserId user, @Nullable Fault fault) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.looked(this);
    }
  }

  /** The relay said something the session does not handle itself. */
  record Reply(RelayMessage message, byte[] body) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.reply(this);
    }
  }

  /** Something a person should know; safe to show. */
  record Notice(String text) implements PeerEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.notice(this);
    }
  }
}
