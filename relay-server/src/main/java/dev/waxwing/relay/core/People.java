package dev.waxwing.relay.core;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is here, who may know it, and who has blocked whom. */
final class People {
  private static final int PAGE = 1000;

  /** A list reads every user's row. */
  private static final Policy.Rate LISTS = new Policy.Rate(30, 0.5);

  private final Turn turn;
  private final Rules rules;
  private final RateLimits rates;
  private final Map<UserId, Person> online = new HashMap<>();

  /** Someone with a control session, and the lists that decide who sees them. */
  private static final class Person {
    private final Set<Session> sessions = new HashSet<>();
    private Set<UserId> blocked = new HashSet<>();
    private Set<UserId> visibleTo = new HashSet<>();
  }

  People(Turn turn, Rules rules, RateLimits rates) {
    this.turn = turn;
    this.rules = rules;
    this.rates = rates;
  }

  int count() {
    return online.size();
  }

  boolean isOnline(UserId user) {
    return online.containsKey(user);
  }

  void entered(Session session, StoreReply.Entered lists) {
    UserId user = session.who().user();
    boolean news = !online.containsKey(user);
    Person person = online.computeIfAbsent(user, u -> new Person());
    person.sessions.add(session);
    person.blocked = new HashSet<>(lists.blocked());
    person.visibleTo = new HashSet<>(lists.visibleTo());
    if (news) {
      tellWatchers(user, person, true);
    }
  }

  void left(Session session) {
    if (session.who == null) {
      return;
    }
    UserId user = session.who.user();
    Person person = online.get(user);
    if (person != null && person.sessions.remove(session) && person.sessions.isEmpty()) {
      online.remove(user);
      tellWatchers(user, person, false);
    }
  }

  void who(Session session, PeerMessage.Who who) {
    long wait = rates.take(RateLimits.Act.WHO, session.who().user().name(), LISTS, turn.now());
    if (wait > 0) {
      turn.count(HubEffect.Metric.RATE_LIMITED, 1);
      turn.refuse(session, who.ref(), new Fault(FaultCode.RATE_LIMITED, "too many lists"), wait);
      return;
    }
    session.watching |= who.watch();
    page(session, who.ref(), null);
  }

  private void page(Session session, int ref, @Nullable UserId after) {
    boolean contactsOnly = rules.policy().visibility() == Policy.Visibility.CONTACTS;
    turn.askFor(
        session,
        new StoreCall.ListPeople(session.who().user(), contactsOnly, after, PAGE),
        StoreReply.People.class,
        reply -> {
          StringBuilder lines = new StringBuilder();
          for (UserId user : reply.people()) {
            lines.append(isOnline(user) ? '+' : '-').append(user.name()).append('\n');
          }
          boolean more = reply.next() != null;
          turn.write(
              session,
              new RelayMessage.People(ref, more),
              Body.of(lines.toString().getBytes(StandardCharsets.US_ASCII)));
          if (more && session.ready()) {
            page(session, ref, reply.next());
          }
        },
        fault -> turn.refuse(session, ref, fault));
  }

  void setBlocked(Session session, PeerMessage.SetBlocked message) {
    set(
        session,
        message.ref(),
        new StoreCall.SetList(
            StoreCall.UserList.BLOCKED, session.who().user(), message.user(), message.blocked()));
  }

  void setVisible(Session session, PeerMessage.SetVisible message) {
    set(
        session,
        message.ref(),
        new StoreCall.SetList(
            StoreCall.UserList.VISIBLE, session.who().user(), message.user(), message.visible()));
  }

  private void set(Session session, int ref, StoreCall.SetList call) {
    if (call.owner().equals(call.other())) {
      turn.refuse(session, ref, new Fault(FaultCode.USER_UNKNOWN, "that is you"));
      return;
    }
    turn.askFor(
        session,
        call,
        StoreReply.Changed.class,
        reply -> {
          change(call);
          turn.write(session, new RelayMessage.Done(ref));
        },
        fault -> turn.refuse(session, ref, fault));
  }

  private void change(StoreCall.SetList call) {
    Person owner = online.get(call.owner());
    if (owner == null) {
      return;
    }
    Person other = online.get(call.other());
    boolean saw = other != null && maySee(call.other(), other, call.owner(), owner);
    Set<UserId> list = call.list() == StoreCall.UserList.BLOCKED ? owner.blocked : owner.visibleTo;
    if (call.member()) {
      list.add(call.other());
    } else {
      list.remove(call.other());
    }
    boolean sees = other != null && maySee(call.other(), other, call.owner(), owner);
    if (other != null && saw != sees) {
      tell(other, call.owner(), sees);
      tell(owner, call.other(), sees);
    }
  }

  private void tellWatchers(UserId user, Person person, boolean isOnline) {
    for (Map.Entry<UserId, Person> watcher : online.entrySet()) {
      if (!watcher.getKey().equals(user)
          && maySee(watcher.getKey(), watcher.getValue(), user, person)) {
        tell(watcher.getValue(), user, isOnline);
      }
    }
  }

  private void tell(Person watcher, UserId user, boolean isOnline) {
    List<Session> sessions = new ArrayList<>(watcher.sessions);
    for (Session session : sessions) {
      if (session.watching && session.ready()) {
        turn.write(session, new RelayMessage.Presence(user, isOnline));
      }
    }
  }

  /** Whether two people may know of each other; the answer is the same for both. */
  private boolean maySee(UserId viewer, Person viewing, UserId user, Person person) {
    if (person.blocked.contains(viewer) || viewing.blocked.contains(user)) {
      return false;
    }
    return switch (rules.policy().visibility()) {
      case OPEN -> true;
      case CONTACTS -> person.visibleTo.contains(viewer) && viewing.visibleTo.contains(user);
    };
  }
}
