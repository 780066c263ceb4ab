package dev.waxwing.relay.core;

import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEffect.Level;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.TokenHash;
import dev.waxwing.relay.store.UserEntry;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hello, registration and login (PROTOCOL.md, "Login"). Every refusal ends the connection, and a
 * login is refused in one way whatever was wrong with it.
 */
final class Logins {
  private static final int PASSWORDS_AT_ONCE = 4;

  private final Turn turn;
  private final Rules rules;
  private final RateLimits rates;
  private final Sessions sessions;
  private final BiConsumer<Session, StoreReply.Entered> entered;

  Logins(
      Turn turn,
      Rules rules,
      RateLimits rates,
      Sessions sessions,
      BiConsumer<Session, StoreReply.Entered> entered) {
    this.turn = turn;
    this.rules = rules;
    this.rates = rates;
    this.sessions = sessions;
    this.entered = entered;
  }

  void hello(Session session, PeerMessage.Hello hello) {
    if (hello.version() != WireLimits.VERSION) {
      turn.close(session, FaultCode.VERSION_UNKNOWN, "this relay speaks version 1");
      return;
    }
    Bytes challenge = rules.randomness.next(32);
    LoginTranscript transcript =
        new LoginTranscript(rules.identity.publicKey(), hello.nonce(), challenge, session.binding);
    session.transcript = transcript;
    session.state = SessionState.CHALLENGED;
    Policy.Registration registration = rules.policy().registration();
    turn.write(
        session,
        new RelayMessage.RelayHello(
            WireLimits.VERSION,
            transcript.relay(),
            challenge,
            session.binding,
            transcript.signAsRelay(rules.signing, rules.identity),
            rules.policy().name(),
            !registration.inviteNeeded(),
            registration.passwordNeeded()));
  }

  void login(Session session, PeerMessage.Login login) {
    if (!mayTry(session)) {
      return;
    }
    session.state = SessionState.AUTHENTICATING;
    turn.askFor(
        session,
        new StoreCall.LoadLogin(login.user()),
        StoreReply.Login.class,
        reply -> verify(session, login, reply.user()),
        fault -> refuse(session, fault));
  }

  private void verify(Session session, PeerMessage.Login login, @Nullable UserEntry user) {
    if (session.state != SessionState.AUTHENTICATING) {
      return;
    }
    Address who = new Address(login.user(), login.device());
    Optional<UserRecord.Device> device =
        user == null ? Optional.empty() : record(user).device(login.device());
    // A key nobody signs logins with: a stranger's name costs the same time as a wrong signature.
    Bytes key = device.map(UserRecord.Device::signingKey).orElse(rules.identity.publicKey());
    boolean right = session.transcript().verifyDevice(rules.signing, key, who, login.signature());
    if (right && device.isPresent()) {
      enter(session, who);
    } else {
      refuse(session, new Fault(FaultCode.LOGIN_REFUSED, "that login is not valid here"));
    }
  }

  private static UserRecord record(UserEntry user) {
    return UserRecord.Signed.parse(user.record().toArray()).record();
  }

  void register(Session session, PeerMessage.Register register, Bytes body) {
    if (!mayTry(session)) {
      return;
    }
    try {
      Registration wish = checked(session, register, body);
      session.state = SessionState.AUTHENTICATING;
      if (rules.policy().registration().passwordNeeded()) {
        checkPassword(session, register, wish);
      } else {
        store(session, register, wish);
      }
    } catch (Fault fault) {
      refuse(session, fault);
    }
  }

  private Registration checked(Session session, PeerMessage.Register register, Bytes body) {
    if (register.user().reserved()) {
      throw new Fault(FaultCode.USER_RESERVED, "that name is reserved");
    }
    UserRecord.Signed signed = UserRecord.Signed.parse(body.toArray());
    UserRecord record = signed.record();
    Address who = new Address(register.user(), register.device());
    Bytes deviceKey =
        record
            .device(register.device())
            .map(UserRecord.Device::signingKey)
            .orElseThrow(() -> new Fault(FaultCode.RECORD_INVALID, "a record without the device"));
    if (!record.user().equals(register.user())
        || record.seq() != 0
        || !signed.signedBy(rules.signing, record.accountKey())) {
      throw new Fault(FaultCode.RECORD_INVALID, "a first record that is not signed as it must be");
    }
    LoginTranscript transcript = session.transcript();
    if (!transcript.verifyRegistration(
            rules.signing, record.accountKey(), who, body, register.accountSignature())
        || !transcript.verifyDevice(rules.signing, deviceKey, who, register.deviceSignature())) {
      throw new Fault(FaultCode.SIGNATURE_INVALID, "a registration that is not signed");
    }
    TokenHash token = null;
    if (rules.policy().registration().inviteNeeded()) {
      Bytes given = register.token();
      if (given == null) {
        throw new Fault(FaultCode.REGISTRATION_CLOSED, "registering needs an invite here");
      }
      token = TokenHash.of(given);
    }
    return new Registration(register.user(), record.accountKey(), register.device(), body, token);
  }

  private void checkPassword(Session session, PeerMessage.Register register, Registration wish) {
    String password = register.password();
    if (password == null) {
      throw new Fault(FaultCode.HUB_PASSWORD_NEEDED, "registering needs the hub password");
    }
    if (turn.passwordsBeingChecked() >= PASSWORDS_AT_ONCE) {
      throw new Fault(FaultCode.RATE_LIMITED, "too many registrations at once");
    }
    turn.checkPassword(
        password,
        right -> {
          if (session.state != SessionState.AUTHENTICATING) {
            return;
          }
          if (right) {
            store(session, register, wish);
          } else {
            refuse(session, new Fault(FaultCode.HUB_PASSWORD_WRONG, "not the hub password"));
          }
        });
  }

  private void store(Session session, PeerMessage.Register register, Registration wish) {
    turn.askFor(
        session,
        new StoreCall.Register(wish, turn.clock()),
        StoreReply.Registered.class,
        reply -> {
          switch (reply.outcome()) {
            case REGISTERED, REPEATED -> {
              turn.count(Metric.REGISTRATIONS, 1);
              enter(session, new Address(register.user(), register.device()));
            }
            case USER_TAKEN ->
                refuse(session, new Fault(FaultCode.USER_TAKEN, "somebody has that name already"));
            case INVITE_UNKNOWN ->
                refuse(
                    session,
                    new Fault(FaultCode.INVITE_UNKNOWN, "this relay never made that invite"));
            case INVITE_EXPIRED ->
                refuse(session, new Fault(FaultCode.INVITE_EXPIRED, "that invite has expired"));
            case INVITE_USED ->
                refuse(session, new Fault(FaultCode.INVITE_USED, "that invite is used up"));
            case INVITE_REVOKED ->
                refuse(
                    session,
                    new Fault(FaultCode.INVITE_REVOKED, "the operator took that invite back"));
          }
        },
        fault -> refuse(session, fault));
  }

  private void enter(Session session, Address who) {
    if (session.state != SessionState.AUTHENTICATING) {
      return;
    }
    turn.askFor(
        session,
        new StoreCall.Enter(who, turn.clock()),
        StoreReply.Entered.class,
        reply -> welcome(session, who, reply),
        fault -> refuse(session, fault));
  }

  private void welcome(Session session, Address who, StoreReply.Entered reply) {
    if (session.state != SessionState.AUTHENTICATING) {
      return;
    }
    if (rules.draining()) {
      turn.close(session, FaultCode.RELAY_DRAINING, "the relay is about to end");
      return;
    }
    Session current = sessions.control(who);
    if (current == null && sessions.full()) {
      turn.close(session, FaultCode.RELAY_FULL, "too many people are here");
      return;
    }
    if (current != null && current.opened > session.opened) {
      // A login that was late on its way: its device has given this connection up for another.
      turn.close(session, FaultCode.LOGIN_REPLACED, "the same device logged in again");
      return;
    }
    session.who = who;
    session.state = SessionState.READY;
    session.mail = new MailCursor(reply.epoch());
    sessions.enter(session);
    turn.count(Metric.LOGINS, 1);
    turn.write(
        session,
        new RelayMessage.Welcome(
            who.user(),
            who.device(),
            reply.epoch(),
            turn.clock(),
            reply.left().oneTime(),
            reply.left().oneTimeKem(),
            rules.policy().visibility() == Policy.Visibility.CONTACTS,
            (int) Math.min(Integer.MAX_VALUE, reply.waiting())));
    entered.accept(session, reply);
  }

  private boolean mayTry(Session session) {
    if (rules.draining()) {
      turn.close(session, FaultCode.RELAY_DRAINING, "the relay is about to end");
      return false;
    }
    long wait =
        rates.take(RateLimits.Act.ATTEMPT, session.address, rules.limits().attempts(), turn.now());
    if (wait > 0) {
      turn.count(Metric.RATE_LIMITED, 1);
      turn.close(session, FaultCode.RATE_LIMITED, "too many logins from one address");
      return false;
    }
    return true;
  }

  private void refuse(Session session, Fault fault) {
    if (session.open()) {
      turn.count(Metric.LOGINS_REFUSED, 1);
      turn.log(
          Category.LOGIN,
          Level.INFO,
          "login-refused",
          Map.of("address", session.address, "code", fault.code().name()));
      turn.close(session, fault.code(), fault.what());
    }
  }
}
