package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.Prekeys;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubPeopleTest {
  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);
  private final HubRig.Person cleo = rig.known("cleo", 3);

  @Test
  void whoComesInPagesWithWhoIsHere() {
    ConnectionId a = rig.login(anna);
    rig.login(cleo);
    rig.say(a, new PeerMessage.Who(4, false));
    List<RelayMessage.People> pages = rig.said(a, RelayMessage.People.class);
    assertEquals(
        List.of(new RelayMessage.People(4, true), new RelayMessage.People(4, false)), pages);
    StringBuilder lines = new StringBuilder();
    for (HubRig.Out one : rig.out.get(a)) {
      if (one.message() instanceof RelayMessage.People) {
        lines.append(new String(one.body().toArray(), java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    assertEquals("+anna\n-ben\n+cleo\n", lines.toString());
  }

  @Test
  void watchersHearWhoComesAndGoesAndOthersDoNot() {
    ConnectionId a = watching(anna);
    ConnectionId c = rig.login(cleo);
    ConnectionId b = rig.login(ben);
    rig.on(new HubEvent.Closed(b));
    assertEquals(
        List.of(
            new RelayMessage.Presence(cleo.who.user(), true),
            new RelayMessage.Presence(ben.who.user(), true),
            new RelayMessage.Presence(ben.who.user(), false)),
        rig.said(a, RelayMessage.Presence.class));
    assertTrue(rig.said(c, RelayMessage.Presence.class).isEmpty());
  }

  @Test
  void aBlockedPersonHearsNothingOfTheOneWhoBlocked() {
    ConnectionId a = watching(anna);
    ConnectionId b = rig.login(ben);
    rig.say(b, new PeerMessage.SetBlocked(1, anna.who.user(), true));
    assertEquals(1, rig.last(b, RelayMessage.Done.class).ref());
    assertEquals(
        new RelayMessage.Presence(ben.who.user(), false), rig.last(a, RelayMessage.Presence.class));
    int heard = rig.said(a, RelayMessage.Presence.class).size();
    rig.on(new HubEvent.Closed(b));
    rig.login(ben);
    assertEquals(heard, rig.said(a, RelayMessage.Presence.class).size());
  }

  @Test
  void amongContactsOnlyMutualVisibilityCounts() {
    rig.on(
        new HubEvent.SetPolicy(
            new Policy(
                "test",
                Policy.Registration.INVITE,
                Policy.Visibility.CONTACTS,
                Policy.Limits.DEFAULT)));
    ConnectionId a = watching(anna);
    ConnectionId b = rig.login(ben);
    assertTrue(rig.last(a, RelayMessage.Welcome.class).contactsOnly());
    rig.say(b, new PeerMessage.SetVisible(1, anna.who.user(), true));
    assertTrue(rig.said(a, RelayMessage.Presence.class).isEmpty(), "one side is not enough");
    rig.say(a, new PeerMessage.SetVisible(2, ben.who.user(), true));
    assertEquals(
        List.of(new RelayMessage.Presence(ben.who.user(), true)),
        rig.said(a, RelayMessage.Presence.class));
  }

  @Test
  void recordsAreFoundAndStrangersAreNot() {
    ConnectionId a = rig.login(anna);
    rig.say(a, new PeerMessage.FindUser(1, ben.who.user()));
    assertEquals(1, rig.last(a, RelayMessage.UserFound.class).ref());
    rig.say(a, new PeerMessage.FindUser(2, new HubRig.Person("zoe", 9).who.user()));
    assertEquals(FaultCode.USER_UNKNOWN, rig.refused(a));
  }

  @Test
  void bundlesAreLimitedPerRequesterAndTheOwnerHearsOfFewKeys() {
    ConnectionId a = rig.login(anna);
    ConnectionId b = rig.login(ben);
    rig.store.prekeys.put(ben.who, new Prekeys.Counts(19, 50));
    int burst = Policy.Limits.DEFAULT.bundles().burst();
    for (int i = 0; i < burst; i++) {
      rig.say(a, new PeerMessage.FetchBundles(i, ben.who.user()));
    }
    assertEquals(burst, rig.said(a, RelayMessage.Bundles.class).size());
    assertEquals(new RelayMessage.PrekeysLow(19, 50), rig.last(b, RelayMessage.PrekeysLow.class));
    rig.say(a, new PeerMessage.FetchBundles(99, ben.who.user()));
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(a));
    rig.say(b, new PeerMessage.FetchBundles(1, anna.who.user()));
    assertEquals(1, rig.said(b, RelayMessage.Bundles.class).size());
  }

  @Test
  void damagedPrekeysEndTheConnectionThatPublishesThem() {
    ConnectionId a = rig.login(anna);
    rig.say(a, new PeerMessage.PublishPrekeys(1, false), new byte[] {1, 2, 3});
    assertEquals(FaultCode.PREKEY_INVALID, rig.bye(a));
  }

  private ConnectionId watching(HubRig.Person person) {
    ConnectionId connection = rig.login(person);
    rig.say(connection, new PeerMessage.Who(1, true));
    return connection;
  }

  @Test
  void publicationsAreLimited() {
    HubRig rig = new HubRig();
    ConnectionId someone = rig.login(rig.known("zoe", 30));
    byte[] none =
        new dev.waxwing.identity.Prekeys.Batch(
                java.util.Optional.empty(), java.util.Optional.empty(), List.of())
            .encode();
    for (int i = 0; i < 30; i++) {
      rig.say(someone, new PeerMessage.PublishPrekeys(i, false), none);
    }
    assertEquals(0, rig.said(someone, RelayMessage.Refused.class).size());
    rig.say(someone, new PeerMessage.PublishPrekeys(30, false), none);
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(someone));
  }

  @Test
  void listsAreLimited() {
    HubRig rig = new HubRig();
    ConnectionId someone = rig.login(rig.known("zoe", 30));
    for (int i = 0; i < 30; i++) {
      rig.say(someone, new PeerMessage.Who(i, false));
    }
    assertEquals(0, rig.said(someone, RelayMessage.Refused.class).size());
    rig.say(someone, new PeerMessage.Who(30, false));
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(someone));
    rig.now += rig.last(someone, RelayMessage.Refused.class).retryAfterMillis();
    rig.say(someone, new PeerMessage.Who(31, false));
    assertEquals(31, rig.last(someone, RelayMessage.People.class).ref());
  }
}
