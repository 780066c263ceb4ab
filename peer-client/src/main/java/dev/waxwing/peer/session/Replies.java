package dev.waxwing.peer.session;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;

/** What the relay says that is no concern of the session: it goes on as a reply. */
class Replies implements RelayMessage.Cases<Boolean> {
  final Turn turn;
  final byte[] body;

  Replies(Turn turn, byte[] body) {
    this.turn = turn;
    this.body = body;
  }

  final Boolean reply(RelayMessage message) {
    turn.effects().add(new PeerEffect.Reply(message, body));
    return true;
  }

  @Override
  public Boolean refused(RelayMessage.Refused message) {
    return reply(message);
  }

  @Override
  public Boolean done(RelayMessage.Done message) {
    return reply(message);
  }

  @Override
  public Boolean accepted(RelayMessage.Accepted message) {
    return reply(message);
  }

  @Override
  public Boolean deliver(RelayMessage.Deliver message) {
    return reply(message);
  }

  @Override
  public Boolean userFound(RelayMessage.UserFound message) {
    return reply(message);
  }

  @Override
  public Boolean bundles(RelayMessage.Bundles message) {
    return reply(message);
  }

  @Override
  public Boolean prekeysLow(RelayMessage.PrekeysLow message) {
    return reply(message);
  }

  @Override
  public Boolean relayHello(RelayMessage.RelayHello message) {
    return reply(message);
  }

  @Override
  public Boolean welcome(RelayMessage.Welcome message) {
    return reply(message);
  }

  @Override
  public Boolean people(RelayMessage.People message) {
    return reply(message);
  }

  @Override
  public Boolean presence(RelayMessage.Presence message) {
    return reply(message);
  }

  @Override
  public Boolean dataToken(RelayMessage.DataToken message) {
    return reply(message);
  }

  @Override
  public Boolean bound(RelayMessage.Bound message) {
    return reply(message);
  }

  @Override
  public Boolean detached(RelayMessage.Detached message) {
    return reply(message);
  }

  @Override
  public Boolean putFrom(RelayMessage.PutFrom message) {
    return reply(message);
  }

  @Override
  public Boolean kept(RelayMessage.Kept message) {
    return reply(message);
  }

  @Override
  public Boolean sealed(RelayMessage.Sealed message) {
    return reply(message);
  }

  @Override
  public Boolean end(RelayMessage.End message) {
    return reply(message);
  }

  @Override
  public Boolean bye(RelayMessage.Bye message) {
    return reply(message);
  }

  @Override
  public Boolean slice(Slice message) {
    return reply(message);
  }
}
