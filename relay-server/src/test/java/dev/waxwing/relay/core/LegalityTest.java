package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every message in every state: handled, dropped, or the end of the connection. */
class LegalityTest {
  private static final BlobId BLOB = new BlobId(HubRig.bytes(16, 3));

  private static final Map<SessionState, Set<MessageType>> LEGAL =
      new EnumMap<>(
          Map.of(
              SessionState.FRESH, EnumSet.of(MessageType.HELLO),
              SessionState.CHALLENGED,
                  EnumSet.of(MessageType.REGISTER, MessageType.LOGIN, MessageType.BIND),
              SessionState.AUTHENTICATING, EnumSet.noneOf(MessageType.class),
              SessionState.READY,
                  EnumSet.range(MessageType.PUBLISH_PREKEYS, MessageType.FINISH_BLOB),
              SessionState.BOUND, EnumSet.range(MessageType.PUT, MessageType.SLICE)));

  @ParameterizedTest
  @EnumSource(MessageType.class)
  void everyMessageHasOneOutcomeInEveryState(MessageType type) {
    for (SessionState state : SessionState.values()) {
      HubRig rig = new HubRig();
      HubRig.Person anna = rig.known("anna", 1);
      ConnectionId connection = in(state, rig, anna);
      FaultCode before = rig.bye(connection);
      rig.answering = true;
      rig.say(connection, sample(type));
      boolean unexpected = rig.bye(connection) == FaultCode.FRAME_UNEXPECTED;
      if (state == SessionState.CLOSING) {
        assertEquals(before, rig.bye(connection), type + " in " + state);
      } else if (type == MessageType.SLICE && state == SessionState.BOUND) {
        // Legal as such, but this one comes without its Put.
        assertEquals(MessageType.Outcome.HANDLED, type.in(state));
      } else {
        assertEquals(
            !LEGAL.getOrDefault(state, Set.of()).contains(type), unexpected, type + " in " + state);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MessageType.class)
  void aBodyWhereNoneBelongsEndsTheConnection(MessageType type) {
    HubRig rig = new HubRig();
    HubRig.Person anna = rig.known("anna", 1);
    for (SessionState state : LEGAL.keySet()) {
      if (LEGAL.get(state).contains(type) && !type.mayHaveBody()) {
        ConnectionId connection = in(state, rig, anna);
        rig.answering = true;
        rig.say(connection, sample(type), new byte[] {1});
        assertEquals(FaultCode.FRAME_UNEXPECTED, rig.bye(connection), type + " in " + state);
      }
    }
  }

  private static ConnectionId in(SessionState state, HubRig rig, HubRig.Person person) {
    ConnectionId connection;
    switch (state) {
      case FRESH -> connection = rig.open();
      case CHALLENGED -> {
        connection = rig.open();
        rig.hello(connection);
      }
      case AUTHENTICATING -> {
        connection = rig.open();
        var transcript = rig.hello(connection);
        rig.answering = false;
        rig.say(connection, person.login(transcript));
      }
      case READY -> connection = rig.login(person);
      case BOUND -> connection = rig.data(rig.login(person));
      case CLOSING -> {
        connection = rig.open();
        rig.say(connection, new PeerMessage.Who(1, false));
        return connection;
      }
      default -> throw new AssertionError(state);
    }
    assertNull(rig.bye(connection));
    return connection;
  }

  private static PeerMessage sample(MessageType type) {
    HubRig.Person ben = new HubRig.Person("ben", 2);
    var user = ben.who.user();
    var device = ben.who.device();
    var signature = HubRig.bytes(64, 1);
    return switch (type) {
      case HELLO -> new PeerMessage.Hello(1, HubRig.bytes(32, 1));
      case REGISTER -> new PeerMessage.Register(user, device, null, null, signature, signature);
      case LOGIN -> new PeerMessage.Login(user, device, signature);
      case BIND -> new PeerMessage.Bind(HubRig.bytes(32, 1));
      case PUBLISH_PREKEYS -> new PeerMessage.PublishPrekeys(1, false);
      case FIND_USER -> new PeerMessage.FindUser(1, user);
      case FETCH_BUNDLES -> new PeerMessage.FetchBundles(1, user);
      case SEND ->
          new PeerMessage.Send(HubRig.id(1), user, List.of(new PeerMessage.Target(device, 1)));
      case ACK ->
          new PeerMessage.Ack(
              new dev.waxwing.message.EpochId(HubRig.bytes(16, 1)),
              List.of(new PeerMessage.Mail(1, HubRig.id(1))));
      case WHO -> new PeerMessage.Who(1, false);
      case SET_BLOCKED -> new PeerMessage.SetBlocked(1, user, true);
      case SET_VISIBLE -> new PeerMessage.SetVisible(1, user, true);
      case OPEN_DATA -> new PeerMessage.OpenData(1);
      case CREATE_BLOB -> new PeerMessage.CreateBlob(1, BLOB);
      case DROP_BLOB -> new PeerMessage.DropBlob(1, BLOB);
      case DECLINE_BLOB -> new PeerMessage.DeclineBlob(1, BLOB);
      case FINISH_BLOB -> new PeerMessage.FinishBlob(1, BLOB);
      case PUT -> new PeerMessage.Put(BLOB);
      case SEAL -> new PeerMessage.Seal(BLOB, 1, 300);
      case GET -> new PeerMessage.Get(BLOB, 0);
      case HELD -> new PeerMessage.Held(BLOB, 1);
      case SLICE -> new Slice(BLOB, 0, 0, WireLimits.MAX_PART);
    };
  }
}
