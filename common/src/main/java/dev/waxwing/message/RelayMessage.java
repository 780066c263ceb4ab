package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * What the relay says to a peer, as the JSON header of a frame. Bodies are named at each message.
 */
public sealed interface RelayMessage
    permits RelayMessage.RelayHello,
        RelayMessage.Welcome,
        RelayMessage.Refused,
        RelayMessage.Done,
        RelayMessage.Accepted,
        RelayMessage.Deliver,
        RelayMessage.UserFound,
        RelayMessage.Bundles,
        RelayMessage.People,
        RelayMessage.Presence,
        RelayMessage.PrekeysLow,
        RelayMessage.DataToken,
        RelayMessage.Bound,
        RelayMessage.Detached,
        RelayMessage.PutFrom,
        RelayMessage.Kept,
        RelayMessage.Sealed,
        RelayMessage.End,
        RelayMessage.Bye,
        Slice {

  /** Calls the case of this message. */
  <R> R on(Cases<R> cases);

  /** One method per message: a new message breaks the build wherever it is not handled. */
  interface Cases<R> {
    R relayHello(RelayHello message);

    R welcome(Welcome message);

    R refused(Refused message);

    R done(Done message);

    R accepted(Accepted message);

    R deliver(Deliver message);

    R userFound(UserFound message);

    R bundles(Bundles message);

    R people(People message);

    R presence(Presence message);

    R prekeysLow(PrekeysLow message);

    R dataToken(DataToken message);

    R bound(Bound message);

    R detached(Detached message);

    R putFrom(PutFrom message);

    R kept(Kept message);

    R sealed(Sealed message);

    R end(End message);

    R bye(Bye message);

    R slice(Slice message);
  }

  /**
   * Answers {@code Hello} and proves the relay.
   *
   * @param relay the relay's Ed25519 identity key, 32 bytes
   * @param challenge 32 random bytes, good for this connection
   * @param binding what ties the connection to the relay: SHA-256 of the served certificate's
   *     public key, or of the public host name where a proxy ends TLS
   * @param signature type {@code relay-hello} over the nonce, the challenge and the binding
   * @param name what the operator calls the relay
   * @param openRegistration whether no invite is needed
   * @param passwordNeeded whether registering needs the hub password
   */
  record RelayHello(
      int version,
      Bytes relay,
      Bytes challenge,
      Bytes binding,
      Bytes signature,
      String name,
      boolean openRegistration,
      boolean passwordNeeded)
      implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.relayHello(this);
    }
  }

  /**
   * The device is logged in; mail follows.
   *
   * @param epoch the mailbox's incarnation: acks must name it
   * @param time the relay's clock, milliseconds since 1970
   * @param oneTime one-time X25519 prekeys left at the relay for this device
   * @param oneTimeKem one-time ML-KEM prekeys left
   * @param contactsOnly whether only mutual visibility lists people
   * @param waiting rows in the mailbox at the login: all of them come before anything newer
   */
  record Welcome(
      UserId user,
      DeviceId device,
      EpochId epoch,
      long time,
      int oneTime,
      int oneTimeKem,
      boolean contactsOnly,
      int waiting)
      implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.welcome(this);
    }
  }

  /**
   * A request, message or blob is refused; nothing of it was done.
   *
   * @param ref the request, where it has a number
   * @param id the message, for {@code Send}
   * @param blob the blob, on data connections
   * @param code why
   * @param detail for people, at most 200 characters, no secrets
   * @param retryAfterMillis when trying again can help; 0 when unknown
   */
  record Refused(
      @Nullable Integer ref,
      @Nullable MessageId id,
      @Nullable BlobId blob,
      FaultCode code,
      String detail,
      long retryAfterMillis)
      implements RelayMessage {
    /** Cuts what is too long. */
    public Refused {
      detail = Details.cut(detail);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.refused(this);
    }
  }

  /** A request was carried out, and is on disk where it changes anything. */
  record Done(int ref) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.done(this);
    }
  }

  /** The message is on disk for every target device. */
  record Accepted(MessageId id) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.accepted(this);
    }
  }

  /**
   * A message for this device; the body is the sealed message.
   *
   * @param seq its number in this mailbox, to be named in the ack
   * @param from the sending device, as it logged in
   * @param at when it was accepted, by the relay's clock, milliseconds since 1970
   */
  record Deliver(long seq, MessageId id, Address from, long at) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.deliver(this);
    }
  }

  /** The body is the user's signed record. */
  record UserFound(int ref) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.userFound(this);
    }
  }

  /** The body is an encoded {@code PrekeyBundles}: the user's record and a bundle per device. */
  record Bundles(int ref) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.bundles(this);
    }
  }

  /**
   * The body is one line a person: {@code +name} online, {@code -name} not; sorted by name.
   *
   * @param more whether another {@code People} with the same ref follows
   */
  record People(int ref, boolean more) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.people(this);
    }
  }

  /** Someone whom this user may see came or went. */
  record Presence(UserId user, boolean online) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.presence(this);
    }
  }

  /** One-time prekeys run low: publish more. */
  record PrekeysLow(int oneTime, int oneTimeKem) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.prekeysLow(this);
    }
  }

  /**
   * A token for one data connection.
   *
   * @param token 32 bytes, good once and for 30 seconds
   */
  record DataToken(int ref, Bytes token) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.dataToken(this);
    }

    /** Prints no token. */
    @Override
    public String toString() {
      return "DataToken[" + ref + "]";
    }
  }

  /** This is a data connection now. */
  record Bound() implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.bound(this);
    }
  }

  /** To a blob's owner: this recipient no longer shares the blob; queue it again for them. */
  record Detached(BlobId blob, Address recipient) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.detached(this);
    }
  }

  /** Data: send this part next; every part below it is kept. */
  record PutFrom(BlobId blob, long part) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.putFrom(this);
    }
  }

  /** Data: every part below {@code upTo} is forced to disk here or held by every recipient. */
  record Kept(BlobId blob, long upTo) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.kept(this);
    }
  }

  /** Data: the blob is complete and kept; the uploader may leave. */
  record Sealed(BlobId blob) implements RelayMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.sealed(this);
    }
  }

  /**
   * Data: the last part was sent.
   *
   * @param parts number of parts
   * @param size ciphertext bytes
   */
  record End(BlobId blob, long parts, long size) implements RelayMessage {
    public End {
      if (!WireLimits.isBlob(parts, size)) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "an end whose parts and size disagree");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.end(this);
    }
  }

  /**
   * The relay ends this connection.
   *
   * @param detail for people, at most 200 characters
   */
  record Bye(FaultCode code, String detail) implements RelayMessage {
    /** Cuts what is too long. */
    public Bye {
      detail = Details.cut(detail);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.bye(this);
    }
  }
}
