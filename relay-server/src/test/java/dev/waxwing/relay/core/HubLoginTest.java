package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubLoginTest {
  private static final Bytes TOKEN = HubRig.bytes(20, 4);

  private final HubRig rig = new HubRig();

  @Test
  void helloIsSignedOverNonceChallengeAndBinding() {
    ConnectionId connection = rig.open();
    LoginTranscript transcript = rig.hello(connection);
    RelayMessage.RelayHello hello = rig.last(connection, RelayMessage.RelayHello.class);
    assertTrue(transcript.verifyRelay(HubRig.SIGNING, hello.signature()));
    assertEquals(HubRig.BINDING, hello.binding());
    ConnectionId other = rig.open();
    assertFalse(rig.hello(other).challenge().equals(transcript.challenge()));
  }

  @Test
  void unknownVersionIsRefused() {
    ConnectionId connection = rig.open();
    rig.say(connection, new PeerMessage.Hello(2, HubRig.bytes(32, 1)));
    assertEquals(FaultCode.VERSION_UNKNOWN, rig.bye(connection));
  }

  @Test
  void aDeviceThatSignsTheTranscriptIsWelcome() {
    ConnectionId connection = rig.login(rig.known("anna", 1));
    assertEquals(rig.store.epoch, rig.last(connection, RelayMessage.Welcome.class).epoch());
    assertEquals(1, rig.hub.status().usersOnline());
  }

  @Test
  void everyWrongLoginGetsTheSameAnswer() {
    HubRig.Person anna = rig.known("anna", 1);
    HubRig.Person stranger = new HubRig.Person("stranger", 2);
    HubRig.Person otherDevice = new HubRig.Person("anna", 3);
    RelayMessage.Bye unknownUser = refusal(stranger, stranger);
    assertEquals(FaultCode.LOGIN_REFUSED, unknownUser.code());
    assertEquals(unknownUser, refusal(anna, stranger));
    assertEquals(unknownUser, refusal(otherDevice, otherDevice));
  }

  private RelayMessage.Bye refusal(HubRig.Person who, HubRig.Person signer) {
    ConnectionId connection = rig.open();
    LoginTranscript transcript = rig.hello(connection);
    rig.say(
        connection,
        new PeerMessage.Login(
            who.who.user(),
            who.who.device(),
            transcript.signAsDevice(HubRig.SIGNING, signer.device, who.who)));
    return rig.byes.get(connection);
  }

  @Test
  void aSignatureForAnotherConnectionIsRefused() {
    HubRig.Person anna = rig.known("anna", 1);
    LoginTranscript elsewhere = rig.hello(rig.open());
    ConnectionId connection = rig.open();
    rig.hello(connection);
    rig.say(connection, anna.login(elsewhere));
    assertEquals(FaultCode.LOGIN_REFUSED, rig.bye(connection));
  }

  @Test
  void anInviteIsJudgedByTheClockThatDatedItAlsoWhenThatWasSetBack() {
    rig.open();
    rig.jumped = -3 * 3_600_000L;
    HubRig.Person anna = new HubRig.Person("anna", 1);
    register(anna, anna, TOKEN, null);
    StoreCall.Register asked =
        rig.all.stream()
            .filter(HubEffect.Ask.class::isInstance)
            .map(effect -> ((HubEffect.Ask) effect).call())
            .filter(StoreCall.Register.class::isInstance)
            .map(StoreCall.Register.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(rig.now + rig.jumped, asked.now());
  }

  @Test
  void registrationIsWelcomedAtOnceAndMayBeRepeated() {
    HubRig.Person anna = new HubRig.Person("anna", 1);
    ConnectionId connection = register(anna, anna, TOKEN, null);
    assertEquals(anna.who.user(), rig.last(connection, RelayMessage.Welcome.class).user());
    rig.store.registration = Registration.Outcome.REPEATED;
    ConnectionId again = register(anna, anna, TOKEN, null);
    assertEquals(1, rig.said(again, RelayMessage.Welcome.class).size());
  }

  @Test
  void everyOutcomeOfTheStoreHasItsCode() {
    var expected =
        java.util.Map.of(
            Registration.Outcome.USER_TAKEN, FaultCode.USER_TAKEN,
            Registration.Outcome.INVITE_UNKNOWN, FaultCode.INVITE_UNKNOWN,
            Registration.Outcome.INVITE_EXPIRED, FaultCode.INVITE_EXPIRED,
            Registration.Outcome.INVITE_USED, FaultCode.INVITE_USED,
            Registration.Outcome.INVITE_REVOKED, FaultCode.INVITE_REVOKED);
    HubRig.Person anna = new HubRig.Person("anna", 1);
    expected.forEach(
        (outcome, code) -> {
          rig.store.registration = outcome;
          assertEquals(code, rig.bye(register(anna, anna, TOKEN, null)));
        });
  }

  @Test
  void registrationNeedsBothSignatures() {
    HubRig.Person anna = new HubRig.Person("anna", 1);
    HubRig.Person eve = new HubRig.Person("eve", 2);
    ConnectionId connection = rig.open();
    LoginTranscript transcript = rig.hello(connection);
    PeerMessage.Register right = anna.register(transcript, TOKEN, null);
    PeerMessage.Register wrong = eve.register(transcript, TOKEN, null);
    for (PeerMessage.Register forged :
        List.of(
            new PeerMessage.Register(
                anna.who.user(),
                anna.who.device(),
                TOKEN,
                null,
                wrong.accountSignature(),
                right.deviceSignature()),
            new PeerMessage.Register(
                anna.who.user(),
                anna.who.device(),
                TOKEN,
                null,
                right.accountSignature(),
                wrong.deviceSignature()))) {
      ConnectionId fresh = rig.open();
      rig.hello(fresh);
      rig.say(fresh, forged, anna.record.toArray());
      assertEquals(FaultCode.SIGNATURE_INVALID, rig.bye(fresh));
    }
    assertTrue(rig.store.users.isEmpty());
  }

  @Test
  void aRecordOfSomeoneElseOrChangedIsRefused() {
    HubRig.Person anna = new HubRig.Person("anna", 1);
    HubRig.Person eve = new HubRig.Person("eve", 2);
    assertEquals(FaultCode.RECORD_INVALID, rig.bye(register(anna, eve, TOKEN, null)));
    byte[] changed = anna.record.toArray();
    changed[changed.length - 1] ^= 1;
    ConnectionId connection = rig.open();
    rig.say(connection, anna.register(rig.hello(connection), TOKEN, null), changed);
    assertEquals(FaultCode.RECORD_INVALID, rig.bye(connection));
  }

  @Test
  void reservedNamesAndMissingInvitesAreRefused() {
    HubRig.Person admin = new HubRig.Person("admin", 1);
    assertEquals(FaultCode.USER_RESERVED, rig.bye(register(admin, admin, TOKEN, null)));
    HubRig.Person anna = new HubRig.Person("anna", 1);
    assertEquals(FaultCode.REGISTRATION_CLOSED, rig.bye(register(anna, anna, null, null)));
  }

  @Test
  void thePasswordIsCheckedOutsideAndBeforeTheStoreIsAsked() {
    rig.on(
        new HubEvent.SetPolicy(
            new Policy(
                "test",
                Policy.Registration.PASSWORD,
                Policy.Visibility.OPEN,
                Policy.Limits.DEFAULT)));
    HubRig.Person anna = new HubRig.Person("anna", 1);
    assertEquals(FaultCode.HUB_PASSWORD_NEEDED, rig.bye(register(anna, anna, null, null)));
    ConnectionId connection = register(anna, anna, null, "open");
    assertTrue(rig.store.users.isEmpty());
    HubEffect.CheckPassword check =
        rig.all.stream()
            .filter(HubEffect.CheckPassword.class::isInstance)
            .map(HubEffect.CheckPassword.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals("open", check.password());
    assertFalse(check.toString().contains("open"));
    rig.on(new HubEvent.PasswordChecked(check.ticket(), true));
    assertEquals(1, rig.said(connection, RelayMessage.Welcome.class).size());
  }

  @Test
  void aWrongPasswordRegistersNobody() {
    rig.on(
        new HubEvent.SetPolicy(
            new Policy(
                "test",
                Policy.Registration.PASSWORD,
                Policy.Visibility.OPEN,
                Policy.Limits.DEFAULT)));
    HubRig.Person anna = new HubRig.Person("anna", 1);
    ConnectionId connection = register(anna, anna, null, "wrong");
    rig.on(new HubEvent.PasswordChecked(new Ticket(1), false));
    assertEquals(FaultCode.HUB_PASSWORD_WRONG, rig.bye(connection));
    assertTrue(rig.store.users.isEmpty());
  }

  @Test
  void aNewerLoginReplacesTheOlderWithItsDataConnections() {
    HubRig.Person anna = rig.known("anna", 1);
    ConnectionId older = rig.login(anna);
    ConnectionId data = rig.data(older);
    ConnectionId newer = rig.login(anna);
    assertEquals(FaultCode.LOGIN_REPLACED, rig.bye(older));
    assertEquals(FaultCode.LOGIN_REPLACED, rig.bye(data));
    assertNull(rig.bye(newer));
    rig.on(new HubEvent.Closed(older));
    assertEquals(1, rig.hub.status().usersOnline());
  }

  @Test
  void aDataTokenIsGoodOnceAndForThirtySeconds() {
    ConnectionId control = rig.login(rig.known("anna", 1));
    rig.say(control, new PeerMessage.OpenData(1));
    Bytes token = rig.last(control, RelayMessage.DataToken.class).token();
    ConnectionId first = bind(token);
    assertEquals(1, rig.said(first, RelayMessage.Bound.class).size());
    assertEquals(FaultCode.LOGIN_REFUSED, rig.bye(bind(token)));
    rig.say(control, new PeerMessage.OpenData(2));
    rig.now += DataTokens.GOOD_MILLIS;
    assertEquals(
        FaultCode.LOGIN_REFUSED,
        rig.bye(bind(rig.last(control, RelayMessage.DataToken.class).token())));
  }

  @Test
  void fourDataConnectionsADevice() {
    ConnectionId control = rig.login(rig.known("anna", 1));
    ConnectionId one = rig.data(control);
    for (int i = 0; i < 3; i++) {
      rig.data(control);
    }
    rig.say(control, new PeerMessage.OpenData(5));
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(control));
    rig.on(new HubEvent.Closed(one));
    rig.say(control, new PeerMessage.OpenData(6));
    assertEquals(6, rig.last(control, RelayMessage.DataToken.class).ref());
  }

  private ConnectionId bind(Bytes token) {
    ConnectionId connection = rig.open();
    rig.hello(connection);
    rig.say(connection, new PeerMessage.Bind(token));
    return connection;
  }

  private ConnectionId register(
      HubRig.Person who, HubRig.Person record, Bytes token, String password) {
    ConnectionId connection = rig.open();
    rig.say(
        connection, who.register(rig.hello(connection), token, password), record.record.toArray());
    return connection;
  }

  @Test
  void aLateLoginOnAnOlderConnectionDoesNotReplaceTheNewerOne() {
    HubRig.Person anna = rig.known("anna", 1);
    ConnectionId older = rig.open();
    LoginTranscript transcript = rig.hello(older);
    rig.now++;
    ConnectionId newer = rig.login(anna);
    rig.say(older, anna.login(transcript));
    assertEquals(FaultCode.LOGIN_REPLACED, rig.bye(older));
    assertNull(rig.bye(newer));
  }
}
