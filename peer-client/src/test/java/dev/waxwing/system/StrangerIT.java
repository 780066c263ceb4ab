package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A registered stranger with a connection of their own tries what is not theirs. */
@DisabledOnOs(OS.WINDOWS)
class StrangerIT {
  private static final byte[] CONTENT = new byte[WireLimits.AGE_PREFIX + 116];

  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static Identity alice;
  private static Identity bob;
  private static Identity mallory;
  private static RawPeer atAlice;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch);
    relay = RelayProgram.serve(stage, "relay", 0, "--log-level", "debug");
    alice = RawPeer.identity("alice");
    bob = RawPeer.identity("bob");
    mallory = RawPeer.identity("mallory");
    atAlice = RawPeer.join(relay, alice);
    RawPeer.join(relay, bob).close();
    RawPeer.join(relay, mallory).close();
  }

  @AfterAll
  static void close() throws Exception {
    try (Stage ends = stage) {
      atAlice.close();
      assertEquals(0, relay.stop().exit());
    }
  }

  private static BlobId blob() {
    return new BlobId(Bytes.of(RawPeer.random(BlobId.LENGTH)));
  }

  /** A sealed blob from alice to bob. */
  private static BlobId sealed() throws IOException {
    BlobId blob = blob();
    atAlice.say(new PeerMessage.CreateBlob(1, blob), Address.encodeList(List.of(bob.address())));
    atAlice.await(RelayMessage.Done.class);
    try (RawPeer data = atAlice.data(relay)) {
      data.say(new PeerMessage.Put(blob));
      data.await(RelayMessage.PutFrom.class);
      data.say(new Slice(blob, 0, 0, CONTENT.length), CONTENT);
      data.say(new PeerMessage.Seal(blob, 1, CONTENT.length));
      data.await(RelayMessage.Sealed.class);
    }
    return blob;
  }

  private static void bobStillGets(BlobId blob) throws IOException {
    try (RawPeer control = RawPeer.enter(relay, bob);
        RawPeer data = control.data(relay)) {
      data.say(new PeerMessage.Get(blob, 0));
      data.await(Slice.class);
      assertArrayEquals(CONTENT, data.body());
      assertEquals(CONTENT.length, data.await(RelayMessage.End.class).size());
    }
  }

  @Test
  void blobOfOthersCannotBeNamed() throws IOException {
    BlobId blob = sealed();
    try (RawPeer control = RawPeer.enter(relay, mallory)) {
      control.say(new PeerMessage.FinishBlob(2, blob));
      control.refused(FaultCode.BLOB_UNKNOWN);
      control.say(new PeerMessage.DeclineBlob(3, blob));
      control.refused(FaultCode.BLOB_UNKNOWN);
      control.say(
          new PeerMessage.CreateBlob(4, blob), Address.encodeList(List.of(mallory.address())));
      control.refused(FaultCode.BLOB_CONFLICT);
      // Told what everybody is told who drops what is not there.
      control.say(new PeerMessage.DropBlob(5, blob));
      assertEquals(5, control.await(RelayMessage.Done.class).ref());
      for (PeerMessage wish :
          List.of(
              new PeerMessage.Get(blob, 0),
              new PeerMessage.Held(blob, 1),
              new PeerMessage.Put(blob),
              new PeerMessage.Seal(blob, 1, CONTENT.length))) {
        try (RawPeer data = control.data(relay)) {
          data.say(wish);
          data.refused(FaultCode.BLOB_UNKNOWN);
        }
      }
    }
    bobStillGets(blob);
  }

  @Test
  void readerIsNoOwnerAndOwnerNoReader() throws IOException {
    BlobId blob = sealed();
    try (RawPeer control = RawPeer.enter(relay, bob);
        RawPeer data = control.data(relay)) {
      data.say(new PeerMessage.Put(blob));
      data.refused(FaultCode.BLOB_DENIED);
      control.say(new PeerMessage.DropBlob(7, blob));
      assertEquals(7, control.await(RelayMessage.Done.class).ref());
    }
    try (RawPeer data = atAlice.data(relay)) {
      data.say(new PeerMessage.Get(blob, 0));
      data.refused(FaultCode.BLOB_DENIED);
    }
    bobStillGets(blob);
  }

  @Test
  void mailOfOthersCannotBeAcked() throws IOException {
    MessageId id = new MessageId(Bytes.of(RawPeer.random(MessageId.LENGTH)));
    byte[] sealed = RawPeer.random(300);
    atAlice.say(
        new PeerMessage.Send(
            id, bob.user(), List.of(new PeerMessage.Target(bob.address().device(), sealed.length))),
        sealed);
    atAlice.await(RelayMessage.Accepted.class);
    long seq;
    try (RawPeer control = RawPeer.enter(relay, bob)) {
      seq = control.await(RelayMessage.Deliver.class).seq();
    }
    try (RawPeer control = new RawPeer(relay)) {
      control.say(control.login(mallory));
      RelayMessage.Welcome welcome = control.await(RelayMessage.Welcome.class);
      control.say(new PeerMessage.Ack(welcome.epoch(), List.of(new PeerMessage.Mail(seq, id))));
      control.say(new PeerMessage.Who(1, false));
      control.await(RelayMessage.People.class);
    }
    try (RawPeer control = RawPeer.enter(relay, bob)) {
      assertEquals(id, control.await(RelayMessage.Deliver.class).id());
      assertArrayEquals(sealed, control.body());
    }
  }

  @Test
  void takenNameStaysWithItsKeys() throws IOException {
    Identity impostor = RawPeer.identity("alice");
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(peer.registration(impostor, relay.invite()), RawPeer.record(impostor).toArray());
      peer.ended(FaultCode.USER_TAKEN);
    }
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(peer.login(impostor, alice.address()));
      peer.ended(FaultCode.LOGIN_REFUSED);
    }
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(peer.login(impostor));
      peer.ended(FaultCode.LOGIN_REFUSED);
    }
    try (RawPeer control = RawPeer.enter(relay, mallory)) {
      control.say(new PeerMessage.FindUser(1, alice.user()));
      control.await(RelayMessage.UserFound.class);
      assertEquals(RawPeer.record(alice), Bytes.of(control.body()));
    }
  }

  @Test
  void recordOfSomebodyElseCannotBeRegistered() throws IOException {
    Identity victim = RawPeer.identity("victim");
    Identity thief = RawPeer.identity("victim");
    try (RawPeer peer = new RawPeer(relay)) {
      PeerMessage.Register wish = peer.registration(thief, relay.invite());
      peer.say(
          new PeerMessage.Register(
              victim.user(),
              victim.address().device(),
              wish.token(),
              null,
              wish.accountSignature(),
              wish.deviceSignature()),
          RawPeer.record(victim).toArray());
      peer.ended(FaultCode.SIGNATURE_INVALID);
    }
    assertTrue(!relay.users().contains("victim"));
  }

  @Test
  void loginAndRegistrationHeardOnOneConnectionAreWorthNothingOnAnother() throws IOException {
    PeerMessage.Login login;
    try (RawPeer peer = new RawPeer(relay)) {
      login = peer.login(bob);
      peer.say(login);
      peer.await(RelayMessage.Welcome.class);
    }
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(login);
      peer.ended(FaultCode.LOGIN_REFUSED);
    }
    Identity carl = RawPeer.identity("carl");
    PeerMessage.Register register;
    try (RawPeer peer = new RawPeer(relay)) {
      register = peer.registration(carl, relay.invite());
    }
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(register, RawPeer.record(carl).toArray());
      peer.ended(FaultCode.SIGNATURE_INVALID);
    }
    assertTrue(!relay.users().contains("carl"));
  }

  @Test
  void registrationRepeatedIdenticallySucceedsAndUsesNothingUp() throws Exception {
    Identity dora = RawPeer.identity("dora");
    String once = relay.invite(1, java.time.Duration.ofHours(1));
    for (int i = 0; i < 2; i++) {
      try (RawPeer peer = new RawPeer(relay)) {
        peer.say(peer.registration(dora, once), RawPeer.record(dora).toArray());
        peer.await(RelayMessage.Welcome.class);
      }
    }
    Identity late = RawPeer.identity("late");
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(peer.registration(late, once), RawPeer.record(late).toArray());
      peer.ended(FaultCode.INVITE_USED);
    }
    assertEquals(Invite.TOKEN, Invite.parse(once).token().length());
  }

  @Test
  void deviceThatIsNotOnesOwnCannotLogIn() throws IOException {
    Address forged = new Address(bob.user(), mallory.address().device());
    Address unknown =
        new Address(mallory.user(), new DeviceId(Bytes.of(RawPeer.random(DeviceId.LENGTH))));
    for (Address as : List.of(bob.address(), forged, unknown)) {
      try (RawPeer peer = new RawPeer(relay)) {
        peer.say(peer.login(mallory, as));
        peer.ended(FaultCode.LOGIN_REFUSED);
      }
    }
  }

  @Test
  void dataTokenIsGoodOnceAndOnlyWhileItsOwnerIsHere() throws IOException {
    try (RawPeer control = RawPeer.enter(relay, mallory)) {
      Bytes token = control.token();
      try (RawPeer data = new RawPeer(relay);
          RawPeer again = new RawPeer(relay)) {
        data.say(new PeerMessage.Bind(token));
        data.await(RelayMessage.Bound.class);
        again.say(new PeerMessage.Bind(token));
        again.ended(FaultCode.LOGIN_REFUSED);
      }
      try (RawPeer guess = new RawPeer(relay)) {
        guess.say(new PeerMessage.Bind(Bytes.of(RawPeer.random(32))));
        guess.ended(FaultCode.LOGIN_REFUSED);
      }
    }
    Bytes orphan;
    try (RawPeer control = RawPeer.enter(relay, mallory)) {
      orphan = control.token();
    }
    try (RawPeer newer = RawPeer.enter(relay, mallory);
        RawPeer data = new RawPeer(relay)) {
      data.say(new PeerMessage.Bind(orphan));
      data.ended(FaultCode.LOGIN_REFUSED);
      newer.say(new PeerMessage.Who(1, false));
      newer.await(RelayMessage.People.class);
    }
  }

  @Test
  void prekeysAreTheirDevicesOwn() throws IOException {
    Identity eve = RawPeer.identity("eve");
    try (RawPeer control = RawPeer.join(relay, eve)) {
      control.say(new PeerMessage.PublishPrekeys(1, true), RawPeer.random(200));
      RelayMessage answer = control.await(RelayMessage.class);
      assertTrue(
          answer instanceof RelayMessage.Refused || answer instanceof RelayMessage.Bye,
          answer::toString);
    }
  }
}
