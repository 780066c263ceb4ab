package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All sessions with one peer device: at most {@link RatchetLimits#MAX_SESSIONS}, of which the one
 * last received on, or last started, is current and sends (PROTOCOL.md, "Double Ratchet", rules).
 * Immutable; a refused call changes nothing. What a result carries is to be stored in one
 * transaction.
 */
public final class Conversation {
  private static final byte VERSION = 1;
  private static final int NEW = -1;

  private final Link link;
  private final List<Session> sessions; // the first is current

  private Conversation(Link link, List<Session> sessions) {
    this.link = link;
    this.sessions = List.copyOf(sessions);
  }

  /** A conversation without a session. */
  public static Conversation none(Link link) {
    return new Conversation(link, List.of());
  }

  /**
   * A sealed message.
   *
   * @param conversation to be stored before the message leaves
   * @param sealed the bytes for the peer's device
   */
  public record Sealed(Conversation conversation, Bytes sealed) {}

  /**
   * An opened message; all of it is to be stored in one transaction with its content and id.
   *
   * @param conversation what comes next
   * @param plaintext the content
   * @param spent one-time private halves to delete
   * @param remember an opening that must not be answered a second time
   */
  public record Opened(
      Conversation conversation,
      byte[] plaintext,
      List<PrekeyRef> spent,
      Optional<Remember> remember) {}

  /**
   * An opening that used no one-time key.
   *
   * @param hash SHA-256(EK ‖ KEM ciphertext)
   * @param signed the signed prekey it was for; forgotten when that one is dropped
   */
  public record Remember(Bytes hash, PrekeyRef signed) {}

  /**
   * Whether there is no session to send on: a bundle must be fetched and {@link #restart} called.
   */
  public boolean needsBundle() {
    return sessions.isEmpty();
  }

  /** How many sessions there are. */
  public int sessions() {
    return sessions.size();
  }

  /**
   * Starts a fresh session, current from now on: the first one, or when the peer or this device
   * lost its state. Older sessions stay for receiving.
   *
   * @param bundle what the relay handed out for the peer's device; verified here
   * @param random {@link RatchetLimits#SESSION_RANDOM} random bytes
   * @throws Fault PREKEY_INVALID
   */
  public Conversation restart(Bundle bundle, Secret random, long now) {
    Pqxdh.Initiated started = new Pqxdh(link).initiate(bundle, random);
    return withCurrent(
        new Session(started.state(), Optional.empty(), Optional.of(started.opening()), now),
        NEW,
        now);
  }

  /**
   * Seals a message on the current session.
   *
   * @param salt 16 random bytes, never used before
   * @throws Fault MESSAGE_TOO_LARGE
   * @throws IllegalStateException when {@link #needsBundle}
   */
  public Sealed seal(byte[] plaintext, Bytes salt) {
    if (sessions.isEmpty()) {
      throw new IllegalStateException("no session to send on");
    }
    Session current = sessions.get(0);
    Ratchet.Encrypted step =
        new Ratchet(link.suite()).encrypt(current.state(), Padding.pad(plaintext), salt);
    Envelope envelope =
        current
            .unanswered()
            .<Envelope>map(opening -> new Envelope.First(opening, step.message()))
            .orElseGet(() -> new Envelope.Plain(step.message()));
    List<Session> next = new ArrayList<>(sessions);
    next.set(0, current.withState(step.state()));
    return new Sealed(new Conversation(link, next), Bytes.of(envelope.encode()));
  }

  /**
   * Opens a message of the peer's device.
   *
   * @param own for a first message, what the store knows about its opening
   * @param fresh 32 random bytes
   * @param now milliseconds since 1970
   * @throws Fault UNDECRYPTABLE, or MESSAGE_REPLAYED for an opening that was answered before
   */
  public Opened open(Envelope envelope, OwnKeys own, Secret fresh, long now) {
    Arrival arrival = new Arrival(envelope.message(), fresh, now);
    if (envelope.opening().isEmpty()) {
      return openOnAny(arrival);
    }
    Opening opening = envelope.opening().get();
    Bytes identity = opening.identity();
    for (int i = 0; i < sessions.size(); i++) {
      if (sessions.get(i).accepted().filter(identity::equals).isPresent()) {
        return opened(sessions.get(i), i, arrival);
      }
    }
    return openFirst(opening, own, arrival);
  }

  private record Arrival(RatchetMessage message, Secret fresh, long now) {}

  private Opened openFirst(Opening opening, OwnKeys own, Arrival arrival) {
    if (own.seen() == OwnKeys.Seen.YES) {
      throw new Fault(FaultCode.MESSAGE_REPLAYED, "a first message that was answered before");
    }
    RatchetState state = new Pqxdh(link).respond(opening, own);
    Session session =
        new Session(state, Optional.of(opening.identity()), Optional.empty(), arrival.now());
    Opened opened = opened(session, NEW, arrival);
    List<PrekeyRef> spent = opening.spent();
    return new Opened(
        opened.conversation(),
        opened.plaintext(),
        spent,
        spent.isEmpty()
            ? Optional.of(new Remember(opening.hash(), opening.wanted().get(0)))
            : Optional.empty());
  }

  /** Tries the session that knows the chain; only for a new chain every session, current first. */
  private Opened openOnAny(Arrival arrival) {
    Bytes ratchetKey = arrival.message().ratchetKey();
    boolean known = sessions.stream().anyMatch(session -> session.state().knows(ratchetKey));
    Fault refusal = new Fault(FaultCode.UNDECRYPTABLE, "a message of no session there is");
    for (int i = 0; i < sessions.size(); i++) {
      Session session = sessions.get(i);
      if (!known || session.state().knows(ratchetKey)) {
        try {
          return opened(session, i, arrival);
        } catch (Fault e) {
          refusal = e;
        }
      }
    }
    throw refusal;
  }

  private Opened opened(Session session, int index, Arrival arrival) {
    Ratchet.Decrypted step =
        new Ratchet(link.suite())
            .decrypt(session.state(), arrival.message(), arrival.fresh(), arrival.now());
    byte[] plaintext = Padding.unpad(step.plaintext());
    Conversation next =
        withCurrent(session.received(step.state(), arrival.now()), index, arrival.now());
    return new Opened(next, plaintext, List.of(), Optional.empty());
  }

  /**
   * Puts a session first, in place of its earlier self; drops what is past its time or too many.
   */
  private Conversation withCurrent(Session current, int replaced, long now) {
    List<Session> next = new ArrayList<>();
    next.add(current);
    for (int i = 0; i < sessions.size(); i++) {
      Session session = sessions.get(i);
      if (i != replaced) {
        next.add(i == 0 ? session.retired(now) : session);
      }
    }
    return new Conversation(link, next).expire(now);
  }

  /** Without sessions and skipped keys past their time; the current session stays. */
  public Conversation expire(long now) {
    List<Session> next = new ArrayList<>();
    for (Session session : sessions) {
      boolean live =
          next.isEmpty()
              || (next.size() < RatchetLimits.MAX_SESSIONS
                  && now - session.touched() <= RatchetLimits.KEEP_SESSION);
      if (live) {
        next.add(
            session.withState(session.state().withSkipped(session.state().skipped().expire(now))));
      }
    }
    return new Conversation(link, next);
  }

  /** Messages received on the current session since we last sent on it: when a receipt is due. */
  public int unanswered() {
    if (sessions.isEmpty()) {
      return 0;
    }
    RatchetState state = sessions.get(0).state();
    boolean silent = state.sending().filter(sending -> sending.chain().next() == 0).isPresent();
    return silent ? state.receiving().map(chain -> chain.chain().next()).orElse(0) : 0;
  }

  /** Skipped message keys of all sessions. */
  public int skippedKeys() {
    return sessions.stream().mapToInt(session -> session.state().skipped().size()).sum();
  }

  List<SkippedKeys> skipped() {
    return sessions.stream().map(session -> session.state().skipped()).toList();
  }

  Conversation withSkipped(List<SkippedKeys> kept) {
    List<Session> next = new ArrayList<>();
    for (int i = 0; i < sessions.size(); i++) {
      next.add(sessions.get(i).withState(sessions.get(i).state().withSkipped(kept.get(i))));
    }
    return new Conversation(link, next);
  }

  /** {@code version u8 = 1 ‖ count u8 ‖ (u32be length ‖ session)*}, current first. */
  public Secret encode() {
    List<Secret> encoded = sessions.stream().map(Session::encode).toList();
    int size = 2 + encoded.stream().mapToInt(session -> Integer.BYTES + session.length()).sum();
    ByteBuffer out = ByteBuffer.allocate(size).put(VERSION).put((byte) sessions.size());
    for (Secret session : encoded) {
      out.putInt(session.length());
      session.use(out::put);
      session.destroy();
    }
    return Secret.take(out.array());
  }

  /**
   * Reads the stored form.
   *
   * @throws Fault PROFILE_CORRUPT, or PROFILE_FOREIGN for a newer form
   */
  public static Conversation decode(Link link, Secret encoded) {
    return encoded.use(bytes -> decode(link, ByteBuffer.wrap(bytes)));
  }

  private static Conversation decode(Link link, ByteBuffer in) {
    try {
      if (in.get() != VERSION) {
        throw new Fault(FaultCode.PROFILE_FOREIGN, "a conversation of an unknown form");
      }
      int count = in.get();
      List<Session> sessions = new ArrayList<>();
      for (int i = 0; i < count && count <= RatchetLimits.MAX_SESSIONS; i++) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored conversation is damaged");
        }
        byte[] session = new byte[length];
        in.get(session);
        sessions.add(Session.decode(session));
      }
      if (sessions.size() != count || in.hasRemaining()) {
        throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored conversation is damaged");
      }
      return new Conversation(link, sessions);
    } catch (BufferUnderflowException e) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored conversation is cut short", e);
    }
  }
}
