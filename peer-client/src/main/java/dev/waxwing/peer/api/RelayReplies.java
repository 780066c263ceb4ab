package dev.waxwing.peer.api;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import java.nio.charset.StandardCharsets;

/** Answers of the relay to requests; what is no answer to anything is passed over. */
class RelayReplies implements RelayMessage.Cases<Boolean> {
  private final PeerHost host;
  private final byte[] body;

  RelayReplies(PeerHost host, byte[] body) {
    this.host = host;
    this.body = body;
  }

  /** The body as text. */
  final String text() {
    return new String(body, StandardCharsets.US_ASCII);
  }

  @Override
  public Boolean refused(RelayMessage.Refused message) {
    Integer ref = message.ref();
    return ref != null && host.answered(ref, message);
  }

  @Override
  public Boolean done(RelayMessage.Done message) {
    return host.answered(message.ref(), message);
  }

  @Override
  public Boolean dataToken(RelayMessage.DataToken message) {
    return host.answered(message.ref(), message);
  }

  @Override
  public Boolean relayHello(RelayMessage.RelayHello message) {
    return false;
  }

  @Override
  public Boolean welcome(RelayMessage.Welcome message) {
    return false;
  }

  @Override
  public Boolean accepted(RelayMessage.Accepted message) {
    return false;
  }

  @Override
  public Boolean deliver(RelayMessage.Deliver message) {
    return false;
  }

  @Override
  public Boolean userFound(RelayMessage.UserFound message) {
    return false;
  }

  @Override
  public Boolean bundles(RelayMessage.Bundles message) {
    return false;
  }

  @Override
  public Boolean people(RelayMessage.People message) {
    return false;
  }

  @Override
  public Boolean presence(RelayMessage.Presence message) {
    return false;
  }

  @Override
  public Boolean prekeysLow(RelayMessage.PrekeysLow message) {
    return false;
  }

  @Override
  public Boolean bound(RelayMessage.Bound message) {
    return false;
  }

  @Override
  public Boolean detached(RelayMessage.Detached message) {
    return false;
  }

  @Override
  public Boolean putFrom(RelayMessage.PutFrom message) {
    return false;
  }

  @Override
  public Boolean kept(RelayMessage.Kept message) {
    return false;
  }

  @Override
  public Boolean sealed(RelayMessage.Sealed message) {
    return false;
  }

  @Override
  public Boolean end(RelayMessage.End message) {
    return false;
  }

  @Override
  public Boolean bye(RelayMessage.Bye message) {
    return false;
  }

  @Override
  public Boolean slice(Slice message) {
    return false;
  }
}
