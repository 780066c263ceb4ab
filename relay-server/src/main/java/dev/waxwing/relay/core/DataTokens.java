package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.HashMap;
import java.util.Map;

/** Tokens that make a new connection a data connection: good once and for 30 seconds. */
final class DataTokens {
  static final long GOOD_MILLIS = 30_000;

  private final Turn turn;
  private final Rules rules;
  private final Sessions sessions;
  private final Map<Bytes, Token> tokens = new HashMap<>();

  private record Token(Address who, ConnectionId parent, long expires) {}

  DataTokens(Turn turn, Rules rules, Sessions sessions) {
    this.turn = turn;
    this.rules = rules;
    this.sessions = sessions;
  }

  void open(Session session, PeerMessage.OpenData message) {
    forgetExpired();
    Address who = session.who();
    long given = tokens.values().stream().filter(token -> token.who().equals(who)).count();
    if (rules.draining()) {
      turn.refuse(
          session, message.ref(), new Fault(FaultCode.RELAY_DRAINING, "the relay is about to end"));
    } else if (given + sessions.dataConnections(who) >= WireLimits.MAX_DATA_CONNECTIONS) {
      turn.refuse(
          session,
          message.ref(),
          new Fault(FaultCode.RATE_LIMITED, "too many data connections"),
          1000);
    } else {
      Bytes token = rules.randomness.next(32);
      tokens.put(token, new Token(who, session.connection, turn.now() + GOOD_MILLIS));
      turn.write(session, new RelayMessage.DataToken(message.ref(), token));
    }
  }

  void bind(Session session, PeerMessage.Bind message) {
    Token token = tokens.remove(message.token());
    if (token == null || turn.now() >= token.expires() || gone(token)) {
      turn.close(session, FaultCode.LOGIN_REFUSED, "that token is not good");
      return;
    }
    session.who = token.who();
    session.parent = token.parent();
    session.state = SessionState.BOUND;
    sessions.bound(session);
    turn.write(session, new RelayMessage.Bound());
  }

  private boolean gone(Token token) {
    Session control = sessions.control(token.who());
    return rules.draining()
        || control == null
        || !control.ready()
        || !control.connection.equals(token.parent());
  }

  void forgetExpired() {
    tokens.values().removeIf(token -> turn.now() >= token.expires());
  }
}
