package dev.waxwing.relay.core;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.UserEntry;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** User records and prekeys: published, looked up, handed out once (PROTOCOL.md, "Prekeys"). */
final class Keys {
  private static final Policy.Rate LOOK_UPS = new Policy.Rate(200, 20);

  /** A publication is hundreds of rows. */
  private static final Policy.Rate PUBLICATIONS = new Policy.Rate(30, 0.2);

  private final Turn turn;
  private final Rules rules;
  private final RateLimits rates;
  private final Sessions sessions;

  Keys(Turn turn, Rules rules, RateLimits rates, Sessions sessions) {
    this.turn = turn;
    this.rules = rules;
    this.rates = rates;
    this.sessions = sessions;
  }

  void publish(Session session, PeerMessage.PublishPrekeys message, Bytes body) {
    if (limited(session, message.ref(), RateLimits.Act.PUBLISH, PUBLICATIONS)) {
      return;
    }
    turn.askFor(
        session,
        new StoreCall.Publish(session.who(), batch(body), message.replace()),
        StoreReply.Left.class,
        reply -> turn.write(session, new RelayMessage.Done(message.ref())),
        fault -> turn.refuse(session, message.ref(), fault));
  }

  private static dev.waxwing.relay.store.Prekeys.Batch batch(Bytes body) {
    Prekeys.Batch batch = Prekeys.Batch.decode(body.toArray());
    List<dev.waxwing.relay.store.Prekeys.OneTime> oneTime = new ArrayList<>();
    List<dev.waxwing.relay.store.Prekeys.OneTime> oneTimeKem = new ArrayList<>();
    for (Prekeys.Prekey key : batch.oneTime()) {
      (key.kind() == Prekeys.Kind.ONE_TIME ? oneTime : oneTimeKem)
          .add(new dev.waxwing.relay.store.Prekeys.OneTime(key.id(), Bytes.of(key.encode())));
    }
    return new dev.waxwing.relay.store.Prekeys.Batch(
        encoded(batch.signed()), encoded(batch.lastResort()), oneTime, oneTimeKem);
  }

  private static @Nullable Bytes encoded(Optional<Prekeys.Prekey> key) {
    return key.isPresent() ? Bytes.of(key.get().encode()) : null;
  }

  void find(Session session, PeerMessage.FindUser message) {
    if (limited(session, message.ref(), RateLimits.Act.LOOK_UP, LOOK_UPS)) {
      return;
    }
    turn.askFor(
        session,
        new StoreCall.Find(message.user()),
        StoreReply.Login.class,
        reply -> {
          UserEntry user = reply.user();
          if (user == null) {
            turn.refuse(session, message.ref(), unknown());
          } else {
            turn.write(session, new RelayMessage.UserFound(message.ref()), Body.of(user.record()));
          }
        },
        fault -> turn.refuse(session, message.ref(), fault));
  }

  void fetch(Session session, PeerMessage.FetchBundles message) {
    if (limited(session, message.ref(), RateLimits.Act.FETCH_BUNDLES, rules.limits().bundles())) {
      return;
    }
    turn.askFor(
        session,
        new StoreCall.TakeBundles(message.user(), session.who().user()),
        StoreReply.Bundles.class,
        reply -> handOut(session, message, reply.taken()),
        fault -> turn.refuse(session, message.ref(), fault));
  }

  private void handOut(
      Session session,
      PeerMessage.FetchBundles message,
      dev.waxwing.relay.store.Prekeys.@Nullable Taken taken) {
    if (taken == null) {
      turn.refuse(session, message.ref(), unknown());
      return;
    }
    try {
      byte[] body = bundles(taken).encode();
      turn.write(session, new RelayMessage.Bundles(message.ref()), Body.of(body));
    } catch (Fault fault) {
      turn.refuse(
          session,
          message.ref(),
          new Fault(FaultCode.STORE_CORRUPT, "the relay's copy of these keys is damaged"));
    }
    for (int i = 0; i < taken.bundles().size(); i++) {
      Session owner = sessions.control(new Address(taken.of(), taken.bundles().get(i).device()));
      dev.waxwing.relay.store.Prekeys.Counts left = taken.left().get(i);
      if (owner != null
          && owner.ready()
          && (left.oneTime() < Prekeys.LOW || left.oneTimeKem() < Prekeys.LOW)) {
        turn.write(owner, new RelayMessage.PrekeysLow(left.oneTime(), left.oneTimeKem()));
      }
    }
  }

  private static Prekeys.Bundles bundles(dev.waxwing.relay.store.Prekeys.Taken taken) {
    List<Prekeys.Bundle> bundles = new ArrayList<>();
    for (dev.waxwing.relay.store.Prekeys.Bundle bundle : taken.bundles()) {
      dev.waxwing.relay.store.Prekeys.OneTime oneTime = bundle.oneTime();
      dev.waxwing.relay.store.Prekeys.OneTime kem = bundle.oneTimeKem();
      bundles.add(
          new Prekeys.Bundle(
              bundle.device(),
              Prekeys.Prekey.decode(bundle.signed().toArray()),
              Prekeys.Prekey.decode((kem == null ? bundle.lastResort() : kem.encoded()).toArray()),
              oneTime == null
                  ? Optional.empty()
                  : Optional.of(Prekeys.Prekey.decode(oneTime.encoded().toArray()))));
    }
    return new Prekeys.Bundles(UserRecord.Signed.parse(taken.user().record().toArray()), bundles);
  }

  private boolean limited(Session session, int ref, RateLimits.Act act, Policy.Rate rate) {
    long wait = rates.take(act, session.who().user().name(), rate, turn.now());
    if (wait > 0) {
      turn.count(HubEffect.Metric.RATE_LIMITED, 1);
      turn.refuse(session, ref, new Fault(FaultCode.RATE_LIMITED, "too many requests"), wait);
    }
    return wait > 0;
  }

  private static Fault unknown() {
    return new Fault(FaultCode.USER_UNKNOWN, "nobody of that name is here");
  }
}
