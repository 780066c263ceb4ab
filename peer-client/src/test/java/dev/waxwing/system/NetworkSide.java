package dev.waxwing.system;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.UserId;
import dev.waxwing.network.ProxyProcess;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.store.ProfileFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer in this process that reaches the relay through a door of the proxy's. */
final class NetworkSide implements AutoCloseable {
  private static final long ONLINE_MILLIS = 60_000;

  final UserId name;
  final ProxyProcess.Door door;
  final Peer peer;
  private final List<String> heard = new ArrayList<>();

  /** Joins and stays. */
  NetworkSide(RelayProgram relay, ProxyProcess proxy, Path home, String name) {
    this.name = new UserId(name);
    this.door = proxy.door(relay.port);
    Profiles profiles =
        new Profiles(ProfileFolder.locate(home, ProfileFolder.Surroundings.current()), () -> null);
    Invite invite = Invite.parse(relay.inviteAt(door.address()));
    profiles.join(new JoinRequest(invite, this.name, null));
    this.peer = profiles.open();
    peer.subscribe(this::hear);
    peer.awaitOnline(ONLINE_MILLIS);
  }

  private synchronized void hear(PeerEvent event) {
    if (event instanceof PeerEvent.MessageChanged changed) {
      Message message = changed.message();
      if (message.state() == MessageState.UNREAD && message.kind() == Message.Kind.TEXT) {
        heard.add(message.text());
        notifyAll();
      }
    }
  }

  /** Waits until so many texts came, but not for ever; returns all that came. */
  synchronized List<String> heard(int count, long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    while (heard.size() < count && System.nanoTime() < until) {
      wait(100);
    }
    return List.copyOf(heard);
  }

  /** Waits until the relay is reached. */
  void awaitOnline() {
    peer.awaitOnline(ONLINE_MILLIS);
  }

  @Override
  public void close() {
    peer.close();
  }
}
