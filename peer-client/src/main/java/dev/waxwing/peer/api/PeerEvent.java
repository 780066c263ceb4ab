package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;

/** What happens to a peer, for those who follow it. */
public sealed interface PeerEvent
    permits PeerEvent.LinkChanged,
        PeerEvent.MessageChanged,
        PeerEvent.TransferChanged,
        PeerEvent.PresenceChanged,
        PeerEvent.ContactChanged,
        PeerEvent.Notice,
        PeerEvent.Missed {
  /** Calls the case of this event. */
  <R> R on(Cases<R> cases);

  /** One method per event. */
  interface Cases<R> {
    R link(LinkChanged event);

    R message(MessageChanged event);

    R transfer(TransferChanged event);

    R presence(PresenceChanged event);

    R contact(ContactChanged event);

    R notice(Notice event);

    R missed(Missed event);
  }

  /** The link to the relay came or went. */
  record LinkChanged(Link link) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.link(this);
    }
  }

  /** A message came, or one of ours got further. */
  record MessageChanged(Message message) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.message(this);
    }
  }

  /** A transfer was offered, moved on (at most four times a second) or ended. */
  record TransferChanged(Transfer transfer) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.transfer(this);
    }
  }

  /** Somebody came or went. */
  record PresenceChanged(UserId user, boolean online) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.presence(this);
    }
  }

  /** A person's key or marks changed. */
  record ContactChanged(Contact contact) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.contact(this);
    }
  }

  /** Something a person should know that belongs nowhere else; already safe to show. */
  record Notice(String text) implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.notice(this);
    }
  }

  /** The last event of a consumer that was too slow: what came after those before it is missing. */
  record Missed() implements PeerEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.missed(this);
    }
  }
}
