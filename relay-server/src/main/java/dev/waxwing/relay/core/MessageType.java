package dev.waxwing.relay.core;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.Slice;
import java.util.EnumSet;
import java.util.Set;

/** The kinds of {@link PeerMessage}, with the states each may come in and whether it has a body. */
enum MessageType {
  HELLO(Place.FRESH, false),
  REGISTER(Place.CHALLENGED, true),
  LOGIN(Place.CHALLENGED, false),
  BIND(Place.CHALLENGED, false),
  PUBLISH_PREKEYS(Place.CONTROL, true),
  FIND_USER(Place.CONTROL, false),
  FETCH_BUNDLES(Place.CONTROL, false),
  SEND(Place.CONTROL, true),
  ACK(Place.CONTROL, false),
  WHO(Place.CONTROL, false),
  SET_BLOCKED(Place.CONTROL, false),
  SET_VISIBLE(Place.CONTROL, false),
  OPEN_DATA(Place.CONTROL, false),
  CREATE_BLOB(Place.CONTROL, true),
  DROP_BLOB(Place.CONTROL, false),
  DECLINE_BLOB(Place.CONTROL, false),
  FINISH_BLOB(Place.CONTROL, false),
  PUT(Place.DATA, false),
  SEAL(Place.DATA, false),
  GET(Place.DATA, false),
  HELD(Place.DATA, false),
  SLICE(Place.DATA, true);

  private static final PeerMessage.Cases<MessageType> OF = new Types();

  private final Place place;
  private final boolean body;

  MessageType(Place place, boolean body) {
    this.place = place;
    this.body = body;
  }

  /** The kind of a message. */
  static MessageType of(PeerMessage message) {
    return message.on(OF);
  }

  /** Whether it may have a body. */
  boolean mayHaveBody() {
    return body;
  }

  /** What becomes of this message in a state. */
  Outcome in(SessionState state) {
    if (state == SessionState.CLOSING) {
      return Outcome.IGNORED;
    }
    return place.states.contains(state) ? Outcome.HANDLED : Outcome.UNEXPECTED;
  }

  /** What becomes of a message. */
  enum Outcome {
    HANDLED,
    /** The connection is being closed: what still comes is dropped. */
    IGNORED,
    /** Ends the connection with FRAME_UNEXPECTED. */
    UNEXPECTED
  }

  private enum Place {
    FRESH(SessionState.FRESH),
    CHALLENGED(SessionState.CHALLENGED),
    CONTROL(SessionState.READY),
    DATA(SessionState.BOUND);

    private final Set<SessionState> states;

    Place(SessionState state) {
      this.states = EnumSet.of(state);
    }
  }

  private static final class Types implements PeerMessage.Cases<MessageType> {
    @Override
    public MessageType hello(PeerMessage.Hello message) {
      return HELLO;
    }

    @Override
    public MessageType register(PeerMessage.Register message) {
      return REGISTER;
    }

    @Override
    public MessageType login(PeerMessage.Login message) {
      return LOGIN;
    }

    @Override
    public MessageType bind(PeerMessage.Bind message) {
      return BIND;
    }

    @Override
    public MessageType publishPrekeys(PeerMessage.PublishPrekeys message) {
      return PUBLISH_PREKEYS;
    }

    @Override
    public MessageType findUser(PeerMessage.FindUser message) {
      return FIND_USER;
    }

    @Override
    public MessageType fetchBundles(PeerMessage.FetchBundles message) {
      return FETCH_BUNDLES;
    }

    @Override
    public MessageType send(PeerMessage.Send message) {
      return SEND;
    }

    @Override
    public MessageType ack(PeerMessage.Ack message) {
      return ACK;
    }

    @Override
    public MessageType who(PeerMessage.Who message) {
      return WHO;
    }

    @Override
    public MessageType setBlocked(PeerMessage.SetBlocked message) {
      return SET_BLOCKED;
    }

    @Override
    public MessageType setVisible(PeerMessage.SetVisible message) {
      return SET_VISIBLE;
    }

    @Override
    public MessageType openData(PeerMessage.OpenData message) {
      return OPEN_DATA;
    }

    @Override
    public MessageType createBlob(PeerMessage.CreateBlob message) {
      return CREATE_BLOB;
    }

    @Override
    public MessageType dropBlob(PeerMessage.DropBlob message) {
      return DROP_BLOB;
    }

    @Override
    public MessageType declineBlob(PeerMessage.DeclineBlob message) {
      return DECLINE_BLOB;
    }

    @Override
    public MessageType finishBlob(PeerMessage.FinishBlob message) {
      return FINISH_BLOB;
    }

    @Override
    public MessageType put(PeerMessage.Put message) {
      return PUT;
    }

    @Override
    public MessageType seal(PeerMessage.Seal message) {
      return SEAL;
    }

    @Override
    public MessageType get(PeerMessage.Get message) {
      return GET;
    }

    @Override
    public MessageType held(PeerMessage.Held message) {
      return HELD;
    }

    @Override
    public MessageType slice(Slice message) {
      return SLICE;
    }
  }
}
