package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How the link stands and who is on the relay, as far as known; for {@link PeerClient}. */
final class Standing {
  private static final long PEOPLE_MILLIS = 10_000;

  /** People remembered of one connection; a relay that names more is not believed. */
  private static final int MOST_PEOPLE = 100_000;

  private final EventStream events;
  private final Waits waits;
  private final Map<UserId, Boolean> presence = new ConcurrentHashMap<>();
  private volatile Link link = new Link(Link.State.CONNECTING, null, "", 0, 0);
  private volatile boolean peopleKnown;

  /** Mail that waited at the relay when the link came up and has not come yet. */
  private volatile int backlog;

  Standing(EventStream events, Waits waits) {
    this.events = events;
    this.waits = waits;
  }

  Link link() {
    return link;
  }

  /**
   * The link is up.
   *
   * @param mail rows that waited at the relay
   */
  void online(long clockSkewMillis, int mail) {
    backlog = mail;
    change(new Link(Link.State.ONLINE, null, "", clockSkewMillis, 0));
  }

  void offline(Fault fault, boolean forGood) {
    presence.clear();
    peopleKnown = false;
    Link.State state = forGood ? Link.State.OFFLINE : Link.State.CONNECTING;
    change(new Link(state, fault.code(), fault.what(), link.clockSkewMillis(), 0));
  }

  /** So much mail was stored since the last time; the thread of the link. */
  void delivered(int count) {
    if (backlog > 0) {
      backlog = Math.max(0, backlog - count);
      waits.signal();
    }
  }

  private void change(Link next) {
    link = next;
    events.publish(new PeerEvent.LinkChanged(next));
    waits.signal();
  }

  /** A page of people: {@code +name} online, {@code -name} not. */
  void people(String page, boolean more) {
    for (String line : page.split("\n", -1)) {
      if (line.length() > 1) {
        put(new UserId(line.substring(1)), line.charAt(0) == '+');
      }
    }
    peopleKnown = !more;
    waits.signal();
  }

  private void put(UserId user, boolean online) {
    if (presence.size() < MOST_PEOPLE || presence.containsKey(user)) {
      presence.put(user, online);
    }
  }

  void presence(UserId user, boolean online) {
    put(user, online);
    events.publish(new PeerEvent.PresenceChanged(user, online));
  }

  void awaitOnline(long timeoutMillis) {
    boolean online =
        waits.until(
            timeoutMillis,
            () -> {
              Link now = link;
              if (now.state() == Link.State.OFFLINE && now.fault() != null) {
                throw new Fault(now.fault(), now.detail());
              }
              return now.state() == Link.State.ONLINE;
            });
    if (!online) {
      Link now = link;
      FaultCode code = now.fault();
      throw code == null
          ? new Fault(FaultCode.RELAY_TIMEOUT, "the relay did not answer in time")
          : new Fault(code, now.detail());
    }
  }

  /** Waits until who is here is known, and what waited at the relay is stored. */
  void settle(long timeoutMillis) {
    awaitOnline(timeoutMillis);
    waits.until(timeoutMillis, this::caughtUp);
  }

  boolean caughtUp() {
    return peopleKnown && backlog == 0;
  }

  /** The people, online first, then by name. */
  List<Person> who(List<Contact> contacts) {
    waits.until(PEOPLE_MILLIS, () -> peopleKnown || link.state() != Link.State.ONLINE);
    if (!peopleKnown) {
      throw new Fault(FaultCode.NETWORK_UNREACHABLE, "the relay is not reached");
    }
    Map<UserId, Contact> known = new HashMap<>();
    contacts.forEach(contact -> known.put(contact.user(), contact));
    return presence.entrySet().stream()
        .map(entry -> person(entry.getKey(), entry.getValue(), known))
        .sorted(
            Comparator.comparing((Person person) -> !person.online()).thenComparing(Person::user))
        .toList();
  }

  private static Person person(UserId user, boolean online, Map<UserId, Contact> known) {
    Contact contact = known.get(user);
    return contact == null
        ? new Person(user, online, null, null)
        : new Person(user, online, contact.alias(), contact.trust());
  }
}
