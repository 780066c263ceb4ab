package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage.RelayHello;
import dev.waxwing.message.RelayMessage.Welcome;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A relay that lies when a connection begins: about itself, the connection, the login. */
class EvilLoginTest extends EvilStage {
  private static Bytes other(Bytes value) {
    byte[] bytes = value.toArray();
    bytes[0] ^= 1;
    return Bytes.of(bytes);
  }

  private static RelayHello with(
      RelayHello it, Bytes relay, Bytes challenge, Bytes binding, Bytes signature) {
    return new RelayHello(
        it.version(),
        relay,
        challenge,
        binding,
        signature,
        it.name(),
        it.openRegistration(),
        it.passwordNeeded());
  }

  /** Changes the hello of every connection that is made from now on. */
  private void greet(UnaryOperator<RelayHello> how) {
    evil.play(
        it -> {
          if (it.message() instanceof RelayHello hello) {
            it.line().say(how.apply(hello));
          } else {
            it.pass();
          }
        });
  }

  /** Everything said by peers since, which must be hellos alone. */
  private void assertOnlyHellos() {
    List<Passing> said = evil.passed(Passing::fromPeer).toList();
    assertTrue(
        said.stream().allMatch(it -> it.message() instanceof PeerMessage.Hello),
        () -> said.stream().map(it -> it.message().getClass().getSimpleName()).toList().toString());
  }

  /** Bob leaves, and comes to a relay that greets like this; what his link says then. */
  private Link greeted(UnaryOperator<RelayHello> how, FaultCode expected) {
    bob.leave();
    alice.leave();
    evil.forget();
    greet(how);
    bob.come();
    Someone.until("a refusal", () -> bob.peer().link().fault() == expected);
    assertOnlyHellos();
    return bob.peer().link();
  }

  private void comeBack() {
    evil.behave();
    bob.leave();
    bob.come();
    alice.come();
  }

  @Test
  @Case(
      id = "E30",
      relay = "has another identity, and signs as that",
      peer = "says nothing but hello, ever; the person is told whose relay it is not")
  void anotherIdentityIsRefusedForGood() {
    acquaint();
    Signing.Pair own = HonestRelay.SUITE.signing().pair(Secret.take(Impostor.bytes(32)));
    AtomicInteger hellos = new AtomicInteger();
    Bytes[] nonce = new Bytes[1];
    bob.leave();
    alice.leave();
    evil.forget();
    evil.play(
        it -> {
          if (it.message() instanceof PeerMessage.Hello hello) {
            nonce[0] = hello.nonce();
            hellos.incrementAndGet();
          }
          if (it.message() instanceof RelayHello hello) {
            LoginTranscript transcript =
                new LoginTranscript(own.publicKey(), nonce[0], hello.challenge(), hello.binding());
            it.line()
                .say(
                    with(
                        hello,
                        own.publicKey(),
                        hello.challenge(),
                        hello.binding(),
                        transcript.signAsRelay(HonestRelay.SUITE.signing(), own)));
          } else {
            it.pass();
          }
        });
    bob.come();
    Fault fault = assertThrows(Fault.class, () -> bob.peer().awaitOnline(Someone.PATIENCE_MILLIS));
    assertEquals(FaultCode.RELAY_IDENTITY_CHANGED, fault.code());
    assertEquals(Link.State.OFFLINE, bob.peer().link().state());
    assertEquals(1, hellos.get());
    assertOnlyHellos();
    comeBack();
  }

  @Test
  @Case(
      id = "E31",
      relay = "greets with a hello it signed for another connection",
      peer = "no login leaves; online by itself when the hello is right")
  void aHelloOfAnotherConnectionIsRefused() {
    acquaint();
    RelayHello before =
        evil.passed(it -> it.message() instanceof RelayHello)
            .map(it -> (RelayHello) it.message())
            .findFirst()
            .orElseThrow();
    greeted(hello -> before, FaultCode.CERTIFICATE_MISMATCH);
    evil.behave();
    bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
    alice.come();
  }

  @Test
  @Case(
      id = "E32",
      relay = "changes challenge, binding or signature of its hello",
      peer = "no login leaves")
  void aHelloThatWasNotSignedLikeThatIsRefused() {
    List<UnaryOperator<RelayHello>> changes =
        List.of(
            it -> with(it, it.relay(), other(it.challenge()), it.binding(), it.signature()),
            it -> with(it, it.relay(), it.challenge(), other(it.binding()), it.signature()),
            it -> with(it, it.relay(), it.challenge(), it.binding(), other(it.signature())),
            it -> with(it, it.relay(), Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY));
    for (UnaryOperator<RelayHello> change : changes) {
      greeted(change, FaultCode.CERTIFICATE_MISMATCH);
      comeBack();
      bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
      alice.peer().awaitOnline(Someone.PATIENCE_MILLIS);
    }
  }

  @Test
  @Case(id = "E33", relay = "speaks another version", peer = "no login leaves; the person is told")
  void anotherVersionIsToldAndEndsIt() {
    Link link =
        greeted(
            it ->
                new RelayHello(
                    2,
                    it.relay(),
                    it.challenge(),
                    it.binding(),
                    it.signature(),
                    it.name(),
                    true,
                    false),
            FaultCode.VERSION_UNKNOWN);
    assertEquals(Link.State.OFFLINE, link.state());
    comeBack();
  }

  @Test
  @Case(
      id = "E34",
      relay = "gives a login it heard on one connection to the honest relay on another",
      peer = "the honest relay refuses it: a signature is good for one connection")
  void aLoginIsGoodForOneConnection() {
    acquaint();
    Passing heard =
        evil.passed(it -> it.from(bob.user, PeerMessage.Login.class)).findFirst().orElseThrow();
    evil.forget();
    evil.play(
        it -> {
          if (it.from(bob.user, PeerMessage.Login.class)) {
            it.line().toRelay(heard.frame());
          } else {
            it.pass();
          }
        });
    evil.hangUp(bob.user);
    Someone.until("a refusal", () -> bob.peer().link().state() == Link.State.OFFLINE);
    assertEquals(FaultCode.LOGIN_REFUSED, bob.peer().link().fault());
    assertTrue(evil.passed(it -> it.to(bob.user, Welcome.class)).findAny().isEmpty());
    evil.behave();
    bob.leave();
    bob.come();
  }

  @Test
  @Case(
      id = "E41",
      relay = "is another than the invite names, at the first join",
      peer = "no name, no token leaves; nothing is joined")
  void anInviteOfAnotherRelayJoinsNothing() {
    evil.forget();
    Invite true_ = evil.invite();
    Invite wrong =
        new Invite(
            true_.addresses(),
            HonestRelay.SUITE.signing().pair(Secret.take(Impostor.bytes(32))).publicKey(),
            true_.binding(),
            Bytes.of(new byte[Invite.TOKEN]));
    Profiles profiles =
        new Profiles(
            ProfileFolder.locate(folder.resolve("nobody"), ProfileFolder.Surroundings.current()),
            () -> null);
    Fault fault =
        assertThrows(
            Fault.class, () -> profiles.join(new JoinRequest(wrong, alice.user, "secret")));
    assertEquals(FaultCode.RELAY_IDENTITY_CHANGED, fault.code());
    assertTrue(evil.passed(it -> it.message() instanceof PeerMessage.Register).findAny().isEmpty());
  }
}
