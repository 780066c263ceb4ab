package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.FaultCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every connection, by number, by device and by address, with their deadlines. */
final class Sessions {
  /** From the opening to a finished login. */
  static final long LOGIN_MILLIS = 10_000;

  /** Without any frame or ping. */
  static final long IDLE_MILLIS = 90_000;

  private final Turn turn;
  private final Rules rules;
  private final Map<ConnectionId, Session> byConnection = new LinkedHashMap<>();
  private final Map<Address, Session> control = new HashMap<>();
  private final Map<Address, Integer> dataPerDevice = new HashMap<>();
  private final Map<String, Integer> perAddress = new HashMap<>();

  Sessions(Turn turn, Rules rules) {
    this.turn = turn;
    this.rules = rules;
  }

  void opened(HubEvent.Opened event) {
    Session session = new Session(event, turn.now());
    byConnection.put(session.connection, session);
    int sameAddress = perAddress.merge(session.address, 1, Integer::sum);
    turn.count(HubEffect.Metric.CONNECTIONS_OPENED, 1);
    Policy.Limits limits = rules.limits();
    if (rules.draining()) {
      refuse(session, FaultCode.RELAY_DRAINING, "the relay is about to end");
    } else if (sameAddress > limits.connectionsPerAddress()) {
      refuse(session, FaultCode.RATE_LIMITED, "too many connections from one address");
    } else if (loggingIn() > limits.clients()) {
      refuse(session, FaultCode.RELAY_FULL, "too many connections");
    }
  }

  private void refuse(Session session, FaultCode code, String detail) {
    turn.count(HubEffect.Metric.CONNECTIONS_REFUSED, 1);
    turn.close(session, code, detail);
  }

  private int loggingIn() {
    int bound = dataPerDevice.values().stream().mapToInt(Integer::intValue).sum();
    return byConnection.size() - control.size() - bound;
  }

  @Nullable Session find(ConnectionId connection) {
    return byConnection.get(connection);
  }

  /** Something came on a connection. */
  void heard(ConnectionId connection) {
    Session session = find(connection);
    if (session != null) {
      session.lastHeard = turn.now();
    }
  }

  /** Forgets a connection. */
  void remove(Session session) {
    byConnection.remove(session.connection);
    perAddress.computeIfPresent(session.address, (a, n) -> n == 1 ? null : n - 1);
    if (session.who != null && session.mail != null) {
      control.remove(session.who, session);
    } else if (session.who != null) {
      dataPerDevice.computeIfPresent(session.who, (a, n) -> n == 1 ? null : n - 1);
    }
  }

  /** The control session of a device, if it is logged in. */
  @Nullable Session control(Address device) {
    return control.get(device);
  }

  /** Makes a session the control session of its device; an older one is ended. */
  void enter(Session session) {
    Session older = control.put(session.who(), session);
    if (older != null) {
      turn.close(older, FaultCode.LOGIN_REPLACED, "the same device logged in again");
      for (Session data : List.copyOf(byConnection.values())) {
        if (data.bound() && older.connection.equals(data.parent)) {
          turn.close(data, FaultCode.LOGIN_REPLACED, "the same device logged in again");
        }
      }
    }
  }

  boolean full() {
    return control.size() >= rules.limits().clients();
  }

  /** Whether a device has any connection that is logged in. */
  boolean online(Address device) {
    Session session = control.get(device);
    return (session != null && session.ready()) || dataConnections(device) > 0;
  }

  int dataConnections(Address device) {
    return dataPerDevice.getOrDefault(device, 0);
  }

  /** Counts a connection that has just been bound; it counts until it is gone. */
  void bound(Session session) {
    dataPerDevice.merge(session.who(), 1, Integer::sum);
  }

  /** Ends every connection of a user. */
  void closeUser(UserId user, FaultCode code, String reason) {
    for (Session session : List.copyOf(byConnection.values())) {
      if (session.who != null && session.who.user().equals(user)) {
        turn.close(session, code, reason);
      }
    }
  }

  void closeAll(FaultCode code, String reason) {
    List.copyOf(byConnection.values()).forEach(session -> turn.close(session, code, reason));
  }

  Collection<Session> controls() {
    return control.values();
  }

  void tick() {
    for (Session session : List.copyOf(byConnection.values())) {
      boolean loggedIn = session.ready() || session.bound();
      if (session.paused()) {
        // What it says is not read, so its silence begins when it is read again.
        session.lastHeard = turn.now();
      }
      if (session.open() && !loggedIn && turn.now() - session.opened >= LOGIN_MILLIS) {
        turn.close(session, FaultCode.RELAY_TIMEOUT, "no login in time");
      } else if (loggedIn && turn.now() - session.lastHeard >= IDLE_MILLIS) {
        turn.close(session, FaultCode.RELAY_TIMEOUT, "nothing heard for too long");
      }
    }
  }

  HubStatus.Connections status() {
    int ready = 0;
    int data = 0;
    for (Session session : byConnection.values()) {
      ready += session.ready() ? 1 : 0;
      data += session.bound() ? 1 : 0;
    }
    return new HubStatus.Connections(byConnection.size() - ready - data, ready, data);
  }
}
