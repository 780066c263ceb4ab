package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.junit.jupiter.api.Test;

class HubLimitsTest {
  private static final Policy SMALL =
      new Policy(
          "small",
          Policy.Registration.INVITE,
          Policy.Visibility.OPEN,
          new Policy.Limits(
              2,
              3,
              new Policy.Rate(10, 1),
              new Policy.Rate(10, 1),
              new Policy.Rate(5, 0.1),
              Policy.Blobs.DEFAULT));

  private final HubRig rig = new HubRig();

  @Test
  void aLoginHasTenSeconds() {
    ConnectionId fresh = rig.open();
    ConnectionId challenged = rig.open();
    rig.hello(challenged);
    ConnectionId ready = rig.login(rig.known("anna", 1));
    rig.now += Sessions.LOGIN_MILLIS - 1;
    rig.on(new HubEvent.Tick());
    assertNull(rig.bye(fresh));
    rig.now++;
    rig.on(new HubEvent.Tick());
    assertEquals(FaultCode.RELAY_TIMEOUT, rig.bye(fresh));
    assertEquals(FaultCode.RELAY_TIMEOUT, rig.bye(challenged));
    assertNull(rig.bye(ready));
  }

  @Test
  void silenceEndsAConnectionAndPingsKeepIt() {
    ConnectionId silent = rig.login(rig.known("anna", 1));
    ConnectionId pinging = rig.login(rig.known("ben", 2));
    rig.now += 60_000;
    rig.on(new HubEvent.Alive(pinging));
    rig.now += 30_000;
    rig.on(new HubEvent.Tick());
    assertEquals(FaultCode.RELAY_TIMEOUT, rig.bye(silent));
    assertNull(rig.bye(pinging));
  }

  @Test
  void aClockThatIsSetBackHoldsNobodyUp() {
    HubRig small = new HubRig(SMALL);
    HubRig.Person anna = small.known("anna", 1);
    ConnectionId connection = small.login(anna);
    for (int i = 1; i <= 11; i++) {
      small.send(connection, i, anna, 10);
    }
    assertEquals(FaultCode.RATE_LIMITED, small.refused(connection));
    assertEquals(10, small.said(connection, RelayMessage.Accepted.class).size());
    small.jumped -= 3_600_000;
    small.on(new HubEvent.Tick());
    small.now += 1_500;
    small.send(connection, 11, anna, 10);
    assertEquals(11, small.said(connection, RelayMessage.Accepted.class).size());
    ConnectionId fresh = small.open();
    small.now += Sessions.LOGIN_MILLIS;
    small.on(new HubEvent.Tick());
    assertEquals(FaultCode.RELAY_TIMEOUT, small.bye(fresh));
    small.on(new HubEvent.Closed(fresh));
    ConnectionId later = small.login(anna);
    assertEquals(small.now + small.jumped, small.last(later, RelayMessage.Welcome.class).time());
  }

  @Test
  void aClockThatLeapsEndsNoConnection() {
    ConnectionId connection = rig.login(rig.known("anna", 1));
    rig.jumped += 30 * 24 * 3_600_000L;
    rig.on(new HubEvent.Tick());
    assertNull(rig.bye(connection));
    rig.jumped = 0;
    rig.on(new HubEvent.Tick());
    assertNull(rig.bye(connection));
  }

  @Test
  void oneAddressHasSoManyConnections() {
    HubRig small = new HubRig(SMALL);
    ConnectionId first = small.open("10.0.0.9");
    small.login(small.known("anna", 1));
    small.open("10.0.0.9");
    ConnectionId third = small.open("10.0.0.9");
    assertEquals(FaultCode.RELAY_FULL, small.bye(third));
    small.on(new HubEvent.Closed(first));
    small.on(new HubEvent.Closed(third));
    assertNull(small.bye(small.open("10.0.0.9")));
    HubRig wide = new HubRig();
    for (int i = 0; i < Policy.Limits.DEFAULT.connectionsPerAddress(); i++) {
      assertNull(wide.bye(wide.open("10.0.0.8")));
    }
    assertEquals(FaultCode.RATE_LIMITED, wide.bye(wide.open("10.0.0.8")));
    assertNull(wide.bye(wide.open("10.0.0.7")));
  }

  @Test
  void noMoreDevicesThanTheLimitAreWelcome() {
    HubRig small = new HubRig(SMALL);
    small.login(small.known("anna", 1));
    ConnectionId ben = small.login(small.known("ben", 2));
    ConnectionId cleo = small.login(small.known("cleo", 3));
    assertEquals(FaultCode.RELAY_FULL, small.bye(cleo));
    small.on(new HubEvent.Closed(cleo));
    small.on(new HubEvent.Closed(ben));
    assertNull(small.bye(small.login(small.known("dora", 4))));
  }

  @Test
  void attemptsToLogInAreLimitedPerAddress() {
    HubRig small = new HubRig(SMALL);
    HubRig.Person nobody = new HubRig.Person("nobody1", 9);
    for (int i = 0; i < 5; i++) {
      ConnectionId connection = small.login(nobody);
      assertEquals(FaultCode.LOGIN_REFUSED, small.bye(connection));
      small.on(new HubEvent.Closed(connection));
    }
    assertEquals(FaultCode.RATE_LIMITED, small.bye(small.login(nobody)));
  }

  @Test
  void aBrokenFrameEndsTheConnectionWithItsCode() {
    ConnectionId connection = rig.open();
    rig.on(new HubEvent.Broken(connection, new Fault(FaultCode.HEADER_MALFORMED, "bad")));
    assertEquals(FaultCode.HEADER_MALFORMED, rig.bye(connection));
  }

  @Test
  void aKickEndsEveryConnectionOfAUser() {
    ConnectionId anna = rig.login(rig.known("anna", 1));
    ConnectionId data = rig.data(anna);
    ConnectionId ben = rig.login(rig.known("ben", 2));
    rig.on(new HubEvent.Kick(new HubRig.Person("anna", 1).who.user(), "enough"));
    assertEquals(new RelayMessage.Bye(FaultCode.KICKED, "enough"), rig.byes.get(anna));
    assertEquals(FaultCode.KICKED, rig.bye(data));
    assertNull(rig.bye(ben));
  }

  @Test
  void aDroppedUserCannotComeBack() {
    HubRig.Person anna = rig.known("anna", 1);
    ConnectionId connection = rig.login(anna);
    rig.on(new HubEvent.DropUser(anna.who.user()));
    assertEquals(FaultCode.KICKED, rig.bye(connection));
    assertEquals(FaultCode.LOGIN_REFUSED, rig.bye(rig.login(anna)));
  }

  @Test
  void aDrainTakesNothingNewAndWaitsForAcks() {
    HubRig.Person anna = rig.known("anna", 1);
    HubRig.Person ben = rig.known("ben", 2);
    ConnectionId a = rig.login(anna);
    ConnectionId b = rig.login(ben);
    rig.send(a, 1, ben, 10);
    ConnectionId half = rig.open();
    var transcript = rig.hello(half);
    rig.on(new HubEvent.Drain());
    assertFalse(rig.did(HubEffect.Drained.class));
    rig.send(a, 2, ben, 10);
    assertEquals(FaultCode.RELAY_DRAINING, rig.refused(a));
    rig.say(half, anna.login(transcript));
    assertEquals(FaultCode.RELAY_DRAINING, rig.bye(half));
    assertEquals(FaultCode.RELAY_DRAINING, rig.bye(rig.open()));
    assertNull(rig.bye(b));
    rig.ack(b, rig.last(b, RelayMessage.Deliver.class));
    assertTrue(rig.did(HubEffect.Drained.class));
    assertEquals(FaultCode.RELAY_DRAINING, rig.bye(a));
    assertEquals(FaultCode.RELAY_DRAINING, rig.bye(b));
    assertTrue(rig.store.box(ben.who).isEmpty());
  }

  @Test
  void aDrainEndsAfterTenSecondsWhateverIsMissing() {
    HubRig.Person ben = rig.known("ben", 2);
    ConnectionId a = rig.login(rig.known("anna", 1));
    rig.login(ben);
    rig.send(a, 1, ben, 10);
    rig.on(new HubEvent.Drain());
    rig.now += Hub.DRAIN_MILLIS - 1;
    rig.on(new HubEvent.Tick());
    assertFalse(rig.did(HubEffect.Drained.class));
    rig.now++;
    rig.on(new HubEvent.Tick());
    assertTrue(rig.did(HubEffect.Drained.class));
    assertEquals(1, rig.store.box(ben.who).size(), "what was not acked stays");
  }

  @Test
  void theStatusCountsWhatIsThere() {
    ConnectionId a = rig.login(rig.known("anna", 1));
    rig.data(a);
    rig.open();
    assertEquals(new HubStatus.Connections(1, 1, 1), rig.hub.status().connections());
    rig.say(a, new PeerMessage.Who(1, false));
    assertEquals(1L, rig.hub.status().counters().get(HubEffect.Metric.LOGINS));
  }
}
