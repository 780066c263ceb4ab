package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.security.SecureRandom;

/** A peer that speaks the protocol by hand, and may say what no honest one would. */
final class RawPeer implements AutoCloseable {
  static final Suite SUITE = Suite.wx1();
  private static final SecureRandom RANDOM = new SecureRandom();

  final RawSocket socket;
  final LoginTranscript transcript;

  /** The message last read, with its body. */
  private byte[] body = new byte[0];

  /** Connects, says hello and checks the answer. */
  RawPeer(RelayProgram relay) throws IOException {
    socket = new RawSocket(relay.port);
    Bytes nonce = Bytes.of(random(32));
    say(new PeerMessage.Hello(WireLimits.VERSION, nonce));
    RelayMessage.RelayHello hello = await(RelayMessage.RelayHello.class);
    transcript =
        new LoginTranscript(
            hello.relay(), nonce, hello.challenge(), Bytes.of(socket.certificateHash()));
    assertTrue(transcript.verifyRelay(SUITE.signing(), hello.signature()));
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  static Identity identity(String name) {
    return Identity.create(SUITE, new UserId(name), RawPeer::random, System.currentTimeMillis());
  }

  /** What an identity says to register here. */
  PeerMessage.Register registration(Identity who, String invite) {
    Bytes token = Invite.parse(invite).token();
    return new PeerMessage.Register(
        who.user(),
        who.address().device(),
        token,
        null,
        transcript.signRegistration(SUITE.signing(), who.account(), who.address(), record(who)),
        transcript.signAsDevice(SUITE.signing(), who.signing(), who.address()));
  }

  static Bytes record(Identity who) {
    return Bytes.of(who.record().toBytes());
  }

  /** What an identity says to log in here. */
  PeerMessage.Login login(Identity who) {
    return login(who, who.address());
  }

  PeerMessage.Login login(Identity signer, Address as) {
    return new PeerMessage.Login(
        as.user(), as.device(), transcript.signAsDevice(SUITE.signing(), signer.signing(), as));
  }

  /** Registers and is in. */
  static RawPeer join(RelayProgram relay, Identity who) throws IOException {
    RawPeer peer = new RawPeer(relay);
    peer.say(peer.registration(who, relay.invite()), record(who).toArray());
    peer.await(RelayMessage.Welcome.class);
    return peer;
  }

  /** Logs in. */
  static RawPeer enter(RelayProgram relay, Identity who) throws IOException {
    RawPeer peer = new RawPeer(relay);
    peer.say(peer.login(who));
    peer.await(RelayMessage.Welcome.class);
    return peer;
  }

  /** A data connection of this peer. */
  RawPeer data(RelayProgram relay) throws IOException {
    RawPeer data = new RawPeer(relay);
    data.say(new PeerMessage.Bind(token()));
    data.await(RelayMessage.Bound.class);
    return data;
  }

  Bytes token() throws IOException {
    say(new PeerMessage.OpenData(900));
    return await(RelayMessage.DataToken.class).token();
  }

  void say(PeerMessage message) throws IOException {
    say(message, new byte[0]);
  }

  void say(PeerMessage message, byte[] content) throws IOException {
    socket.binary(HeaderCodec.frame(message, content).array());
  }

  /** The next message of one kind; others are passed over, except a goodbye. */
  <T extends RelayMessage> T await(Class<T> kind) throws IOException {
    while (true) {
      RawSocket.Came came = socket.next();
      if (came.opcode() == RawSocket.PING || came.opcode() == RawSocket.PONG) {
        continue;
      }
      assertEquals(
          RawSocket.BINARY, came.opcode(), () -> "waiting for " + kind + ", " + came.reason());
      Frame frame = Frame.parse(came.payload());
      RelayMessage message = HeaderCodec.relayMessage(frame);
      if (kind.isInstance(message)) {
        body = frame.body();
        return kind.cast(message);
      }
      assertTrue(!(message instanceof RelayMessage.Bye), () -> kind + " expected, was " + message);
    }
  }

  /** Asks for something that changes nothing and is never too much, and hears the answer. */
  void roundTrip() throws IOException {
    say(new PeerMessage.DropBlob(901, new BlobId(Bytes.of(random(BlobId.LENGTH)))));
    assertEquals(901, await(RelayMessage.Done.class).ref());
  }

  /** The body of what {@link #await} gave last. */
  byte[] body() {
    return body;
  }

  /** Asserts that what was said is refused and the connection stays. */
  void refused(FaultCode code) throws IOException {
    assertEquals(code, await(RelayMessage.Refused.class).code());
  }

  /** Asserts that what was said ends the connection, for this reason. */
  void ended(FaultCode code) throws IOException {
    assertEquals(code, await(RelayMessage.Bye.class).code());
    RawSocket.Came came = socket.next();
    while (!came.ended()) {
      came = socket.next();
    }
    assertEquals(code.name(), came.reason());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
