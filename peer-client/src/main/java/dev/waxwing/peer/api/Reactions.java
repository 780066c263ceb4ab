package dev.waxwing.peer.api;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.transfer.Transfers;

/** Carries out the session's effects, on the loop's thread; for {@link PeerClient}. */
final class Reactions implements PeerEffect.Cases<Boolean> {
  private final RelayLink link;
  private final PeerHost host;
  private final EventStream events;
  private final Standing standing;
  private final Desks desks;

  /** Who else hears of effects. */
  record Desks(MessageDesk messages, Transfers transfers, Waits waits) {}

  Reactions(RelayLink link, PeerHost host, EventStream events, Standing standing, Desks desks) {
    this.link = link;
    this.host = host;
    this.events = events;
    this.standing = standing;
    this.desks = desks;
  }

  @Override
  public Boolean transmit(PeerEffect.Transmit effect) {
    link.transmit(effect.message(), effect.body());
    return true;
  }

  @Override
  public Boolean messageChanged(PeerEffect.MessageChanged effect) {
    events.publish(new PeerEvent.MessageChanged(Views.message(effect.message())));
    desks.waits().signal();
    return true;
  }

  @Override
  public Boolean contactChanged(PeerEffect.ContactChanged effect) {
    events.publish(new PeerEvent.ContactChanged(Views.contact(effect.contact())));
    desks.waits().signal();
    return true;
  }

  @Override
  public Boolean contentArrived(PeerEffect.ContentArrived effect) {
    // Off this thread: a transfer asks this loop for its rows.
    host.later(() -> desks.transfers().arrived(effect.from().user(), effect.content()));
    return true;
  }

  @Override
  public Boolean undeliverable(PeerEffect.Undeliverable effect) {
    desks.messages().refused(effect.id(), effect.fault());
    host.later(() -> desks.transfers().undeliverable(effect.to(), effect.content()));
    events.publish(
        new PeerEvent.Notice(
            "a message to " + effect.to() + " was given up: " + effect.fault().what()));
    desks.waits().signal();
    return true;
  }

  @Override
  public Boolean looked(PeerEffect.Looked effect) {
    host.looked(effect.user(), effect.fault());
    desks.waits().signal();
    return true;
  }

  @Override
  public Boolean reply(PeerEffect.Reply effect) {
    return effect.message().on(new Replies(effect.body()));
  }

  @Override
  public Boolean notice(PeerEffect.Notice effect) {
    events.publish(new PeerEvent.Notice(effect.text()));
    return true;
  }

  /** The relay's answers that are not the session's. */
  private final class Replies extends RelayReplies {
    Replies(byte[] body) {
      super(host, body);
    }

    @Override
    public Boolean people(RelayMessage.People message) {
      standing.people(text(), message.more());
      return true;
    }

    @Override
    public Boolean presence(RelayMessage.Presence message) {
      standing.presence(message.user(), message.online());
      return true;
    }

    @Override
    public Boolean detached(RelayMessage.Detached message) {
      desks.transfers().detached(message.blob(), message.recipient().user());
      return true;
    }
  }
}
