package dev.waxwing.peer.session;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.Slice;

/** What a session asks of a relay; anything else from it is a mistake. */
record Requests(RelayModel relay, Peer from, byte[] body) implements PeerMessage.Cases<Boolean> {
  @Override
  public Boolean send(PeerMessage.Send message) {
    relay.send(from, message, body);
    return true;
  }

  @Override
  public Boolean ack(PeerMessage.Ack message) {
    relay.ack(from, message);
    return true;
  }

  @Override
  public Boolean findUser(PeerMessage.FindUser message) {
    relay.find(from, message.ref(), message.user());
    return true;
  }

  @Override
  public Boolean fetchBundles(PeerMessage.FetchBundles message) {
    relay.bundles(from, message.ref(), message.user());
    return true;
  }

  @Override
  public Boolean publishPrekeys(PeerMessage.PublishPrekeys message) {
    relay.publish(from, message, body);
    return true;
  }

  private static Boolean never(Object message) {
    throw new AssertionError("a session does not say " + message);
  }

  @Override
  public Boolean hello(PeerMessage.Hello message) {
    return never(message);
  }

  @Override
  public Boolean register(PeerMessage.Register message) {
    return never(message);
  }

  @Override
  public Boolean login(PeerMessage.Login message) {
    return never(message);
  }

  @Override
  public Boolean bind(PeerMessage.Bind message) {
    return never(message);
  }

  @Override
  public Boolean who(PeerMessage.Who message) {
    return never(message);
  }

  @Override
  public Boolean setBlocked(PeerMessage.SetBlocked message) {
    return never(message);
  }

  @Override
  public Boolean setVisible(PeerMessage.SetVisible message) {
    return never(message);
  }

  @Override
  public Boolean openData(PeerMessage.OpenData message) {
    return never(message);
  }

  @Override
  public Boolean createBlob(PeerMessage.CreateBlob message) {
    return never(message);
  }

  @Override
  public Boolean dropBlob(PeerMessage.DropBlob message) {
    return never(message);
  }

  @Override
  public Boolean declineBlob(PeerMessage.DeclineBlob message) {
    return never(message);
  }

  @Override
  public Boolean finishBlob(PeerMessage.FinishBlob message) {
    return never(message);
  }

  @Override
  public Boolean put(PeerMessage.Put message) {
    return never(message);
  }

  @Override
  public Boolean seal(PeerMessage.Seal message) {
    return never(message);
  }

  @Override
  public Boolean get(PeerMessage.Get message) {
    return never(message);
  }

  @Override
  public Boolean held(PeerMessage.Held message) {
    return never(message);
  }

  @Override
  public Boolean slice(Slice message) {
    return never(message);
  }
}
