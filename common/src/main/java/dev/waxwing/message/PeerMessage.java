package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says to the relay, as the JSON header of a frame. {@code ref} numbers a request
 * within its connection; the answer carries the same number. Bodies are named at each message;
 * where none is named the body must be empty.
 */
public sealed interface PeerMessage
    permits PeerMessage.Hello,
        PeerMessage.Register,
        PeerMessage.Login,
        PeerMessage.Bind,
        PeerMessage.PublishPrekeys,
        PeerMessage.FindUser,
        PeerMessage.FetchBundles,
        PeerMessage.Send,
        PeerMessage.Ack,
        PeerMessage.Who,
        PeerMessage.SetBlocked,
        PeerMessage.SetVisible,
        PeerMessage.OpenData,
        PeerMessage.CreateBlob,
        PeerMessage.DropBlob,
        PeerMessage.DeclineBlob,
        PeerMessage.FinishBlob,
        PeerMessage.Put,
        PeerMessage.Seal,
        PeerMessage.Get,
        PeerMessage.Held,
        Slice {

  /** Calls the case of this message. */
  <R> R on(Cases<R> cases);

  /** One method per message: a new message breaks the build wherever it is not handled. */
  interface Cases<R> {
    R hello(Hello message);

    R register(Register message);

    R login(Login message);

    R bind(Bind message);

    R publishPrekeys(PublishPrekeys message);

    R findUser(FindUser message);

    R fetchBundles(FetchBundles message);

    R send(Send message);

    R ack(Ack message);

    R who(Who message);

    R setBlocked(SetBlocked message);

    R setVisible(SetVisible message);

    R openData(OpenData message);

    R createBlob(CreateBlob message);

    R dropBlob(DropBlob message);

    R declineBlob(DeclineBlob message);

    R finishBlob(FinishBlob message);

    R put(Put message);

    R seal(Seal message);

    R get(Get message);

    R held(Held message);

    R slice(Slice message);
  }

  /**
   * Opens every connection, control and data.
   *
   * @param version {@link WireLimits#VERSION}
   * @param nonce 32 random bytes the relay's signature must cover
   */
  record Hello(int version, Bytes nonce) implements PeerMessage {
    public Hello {
      requireLength(nonce, 32);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.hello(this);
    }
  }

  /**
   * Registers a user ID and logs in. The body is the signed user record. Repeating it with the same
   * keys and token succeeds.
   *
   * @param user the user ID wanted
   * @param device the first device
   * @param token the invite's token; absent where registration is open
   * @param password the hub password, where the relay asks for one
   * @param accountSignature by the account identity key over the login transcript, type {@code
   *     register}
   * @param deviceSignature by the device signing key over the same bytes, type {@code relay-auth}
   */
  record Register(
      UserId user,
      DeviceId device,
      @Nullable Bytes token,
      @Nullable String password,
      Bytes accountSignature,
      Bytes deviceSignature)
      implements PeerMessage {
    public Register {
      requireLength(accountSignature, 64);
      requireLength(deviceSignature, 64);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.register(this);
    }

    /** Prints neither token nor password. */
    @Override
    public String toString() {
      return "Register[" + user + "/" + device + "]";
    }
  }

  /**
   * Logs a device in.
   *
   * @param signature by the device signing key over the login transcript, type {@code relay-auth}
   */
  record Login(UserId user, DeviceId device, Bytes signature) implements PeerMessage {
    public Login {
      requireLength(signature, 64);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.login(this);
    }
  }

  /**
   * Makes this a data connection of the device that was given the token.
   *
   * @param token 32 bytes, good once and for 30 seconds
   */
  record Bind(Bytes token) implements PeerMessage {
    public Bind {
      requireLength(token, 32);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.bind(this);
    }

    /** Prints no token. */
    @Override
    public String toString() {
      return "Bind[]";
    }
  }

  /**
   * Stores prekeys; the body is an encoded {@code PrekeyBatch}. Answered by {@code Done}.
   *
   * @param replace whether all earlier one-time keys of this device are dropped first
   */
  record PublishPrekeys(int ref, boolean replace) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.publishPrekeys(this);
    }
  }

  /** Asks for a user's record. Answered by {@code UserFound}. */
  record FindUser(int ref, UserId user) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.findUser(this);
    }
  }

  /** Asks for one prekey bundle of each device of a user. Answered by {@code Bundles}. */
  record FetchBundles(int ref, UserId user) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.fetchBundles(this);
    }
  }

  /**
   * Hands over one message, sealed for each target device; the body is the sealed messages one
   * after another in the order of the targets. Answered by {@code Accepted} or {@code Refused},
   * which name the id.
   *
   * @param id stable across retries
   * @param to the recipient
   * @param targets every device of the recipient, with the length of its sealed message
   */
  record Send(MessageId id, UserId to, List<Target> targets) implements PeerMessage {
    public Send {
      targets = List.copyOf(targets);
      if (targets.isEmpty()
          || targets.size() > WireLimits.MAX_DEVICES
          || targets.stream().map(Target::device).distinct().count() != targets.size()) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a message without, or with repeated, devices");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /**
   * One device's share of a message's body.
   *
   * @param device the device
   * @param length bytes of the sealed message
   */
  record Target(DeviceId device, int length) {
    public Target {
      if (length < 1 || length > WireLimits.MAX_SEALED_MESSAGE) {
        throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a sealed message of " + length + " bytes");
      }
    }
  }

  /**
   * Says that messages are stored with their ratchet state, so the relay may remove them. Removes
   * only the row whose sequence number and id both match, in the epoch named.
   *
   * @param epoch the mailbox's epoch, from {@code Welcome}
   * @param mail at most 128
   */
  record Ack(EpochId epoch, List<Mail> mail) implements PeerMessage {
    /** Most entries of one ack; keeps the header within its limit. */
    public static final int MAX = 100;

    public Ack {
      mail = List.copyOf(mail);
      if (mail.isEmpty() || mail.size() > MAX) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "an ack of " + mail.size() + " messages");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.ack(this);
    }
  }

  /**
   * One row of a mailbox.
   *
   * @param seq the row's number in its mailbox
   * @param id the message
   */
  record Mail(long seq, MessageId id) {}

  /**
   * Asks for the people on this relay whom this user may see. Answered by {@code People}.
   *
   * @param watch whether {@code Presence} follows for every change, until the connection ends
   */
  record Who(int ref, boolean watch) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.who(this);
    }
  }

  /** Blocks or unblocks a user at the relay. Answered by {@code Done}. */
  record SetBlocked(int ref, UserId user, boolean blocked) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.setBlocked(this);
    }
  }

  /**
   * Lets a user see this one where only mutual visibility lists people. Answered by {@code Done}.
   */
  record SetVisible(int ref, UserId user, boolean visible) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.setVisible(this);
    }
  }

  /** Asks for a token for one data connection. Answered by {@code DataToken}. */
  record OpenData(int ref) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.openData(this);
    }
  }

  /**
   * Creates a blob owned by this device. The body is the list of recipients ({@link
   * Address#encodeList}), at most 256. Repeating it identically succeeds. Answered by {@code Done}.
   */
  record CreateBlob(int ref, BlobId blob) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.createBlob(this);
    }
  }

  /** Deletes a blob; its owner only. Answered by {@code Done}, also when it is gone already. */
  record DropBlob(int ref, BlobId blob) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.dropBlob(this);
    }
  }

  /** A recipient wants no more of a blob. Answered by {@code Done}. */
  record DeclineBlob(int ref, BlobId blob) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.declineBlob(this);
    }
  }

  /** A recipient has verified and stored the whole blob. Answered by {@code Done}. */
  record FinishBlob(int ref, BlobId blob) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.finishBlob(this);
    }
  }

  /** Data: starts or resumes the upload of a blob. Answered by {@code PutFrom}; slices follow. */
  record Put(BlobId blob) implements PeerMessage {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.put(this);
    }
  }

  /**
   * Data: the upload is complete. Answered by {@code Sealed} once every part is kept.
   *
   * @param parts number of parts
   * @param size ciphertext bytes
   */
  record Seal(BlobId blob, long parts, long size) implements PeerMessage {
    public Seal {
      if (!WireLimits.isBlob(parts, size)) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a seal whose parts and size disagree");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.seal(this);
    }
  }

  /**
   * Data: asks for a blob from a part on; slices follow as they are there, then {@code End}.
   *
   * @param from index of the first part wanted: all before it are held
   */
  record Get(BlobId blob, long from) implements PeerMessage {
    public Get {
      if (from < 0 || from > WireLimits.MAX_PARTS) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a part index out of range");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.get(this);
    }
  }

  /**
   * Data: this recipient has forced every part below {@code upTo}, and its leaf, to its own disk.
   */
  record Held(BlobId blob, long upTo) implements PeerMessage {
    public Held {
      if (upTo < 0 || upTo > WireLimits.MAX_PARTS) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a part index out of range");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.held(this);
    }
  }

  private static void requireLength(Bytes value, int length) {
    if (value.length() != length) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a field of " + value.length() + " bytes");
    }
  }
}
