package dev.waxwing.peer.session;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.wire.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a peer. */
public sealed interface PeerInput {
  /** Calls the case of this input. */
  <R> R on(Cases<R> cases);

  /** One method per input. */
  interface Cases<R> {
    R linkUp(LinkUp input);

    R linkDown(LinkDown input);

    R received(Received input);

    R submit(Submit input);

    R retry(Retry input);

    R look(Look input);

    R decide(Decide input);

    R tick(Tick input);
  }

  /** This device is logged in on a new connection. */
  record LinkUp(RelayMessage.Welcome welcome) implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.linkUp(this);
    }
  }

  /** The connection is gone. */
  record LinkDown() implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.linkDown(this);
    }
  }

  /** Messages of the relay, in the order they came; all of them become one transaction. */
  record Received(List<Incoming> messages) implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.received(this);
    }
  }

  /** One message of the relay with its body. */
  record Incoming(RelayMessage message, byte[] body) {}

  /**
   * Something to tell somebody.
   *
   * @param id fresh
   */
  record Submit(MessageId id, UserId to, Content content) implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.submit(this);
    }
  }

  /** A failed message is to be tried again. */
  record Retry(MessageId id) implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.retry(this);
    }
  }

  /** Somebody's record is wanted; answered by {@code Looked}. */
  record Look(UserId user) implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.look(this);
    }
  }

  /**
   * The owner decided about a person.
   *
   * @param compared for VERIFY, the account key whose safety number was compared; else null
   */
  record Decide(UserId user, Decision decision, @Nullable Bytes compared) implements PeerInput {
    /** A decision that compares nothing. */
    public Decide(UserId user, Decision decision) {
      this(user, decision, null);
    }

    /** The safety number of this key was compared and is the same at both ends. */
    public static Decide compared(UserId user, Bytes accountKey) {
      return new Decide(user, Decision.VERIFY, accountKey);
    }

    /** What can be decided. */
    public enum Decision {
      ADD,
      FORGET,
      BLOCK,
      UNBLOCK,
      VERIFY,
      UNVERIFY,
      ACCEPT_NEW_KEY
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.decide(this);
    }
  }

  /** Time has passed; about once a minute. */
  record Tick() implements PeerInput {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.tick(this);
    }
  }
}
