package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Self;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A relay without a network: the peers on it reach each other by calls under one lock. A peer is
 * online while it is open and {@link MemoryPeer#reach} is not taken away; what it missed comes when
 * it is back.
 */
final class MemoryHub {
  final Map<UserId, MemoryPeer> peers = new TreeMap<>();
  final Map<BlobId, byte[]> blobs = new HashMap<>();
  private final AtomicLong ids = new AtomicLong();

  /** The ways to the profiles of this hub: {@code --home NAME} is the profile of NAME. */
  Doors doors(Path disk) {
    return (home, passphrase) ->
        new PeerOpener() {
          private final UserId user = new UserId(home == null ? "nobody" : home);

          @Override
          public Path folder() {
            return disk.resolve(user.name());
          }

          @Override
          public Path downloads() {
            return folder().resolve("downloads");
          }

          @Override
          public boolean joined() {
            return peers.containsKey(user);
          }

          @Override
          public Peer open() {
            MemoryPeer peer = peers.get(user);
            if (peer == null) {
              throw new Fault(FaultCode.NOT_JOINED, "this profile has not joined a relay");
            }
            peer.enter();
            return peer;
          }

          @Override
          public Self join(JoinRequest request) {
            if ("needed:7380".equals(request.invite().addresses().get(0))
                && request.hubPassword() == null) {
              throw new Fault(FaultCode.HUB_PASSWORD_NEEDED, "this hub has a password");
            }
            if (peers.containsKey(request.name())) {
              throw new Fault(FaultCode.USER_TAKEN, "'" + request.name() + "' is taken");
            }
            return add(request.name().name()).self();
          }

          @Override
          public List<String> engines() {
            return List.of("AEAD memory");
          }
        };
  }

  /** Registers somebody. */
  synchronized MemoryPeer add(String name) {
    MemoryPeer peer = new MemoryPeer(this, new UserId(name));
    peers.put(peer.self().user(), peer);
    return peer;
  }

  /** Somebody registered. */
  MemoryPeer peer(String name) {
    MemoryPeer peer = peers.get(new UserId(name));
    if (peer == null) {
      throw new Fault(FaultCode.USER_UNKNOWN, "there is no '" + name + "' on this relay");
    }
    return peer;
  }

  /** Tells everybody else that somebody came or went. */
  synchronized void presence(UserId user, boolean online) {
    for (MemoryPeer peer : peers.values()) {
      if (!peer.self().user().equals(user)) {
        peer.emit(new PeerEvent.PresenceChanged(user, online));
      }
    }
  }

  MessageId messageId() {
    return new MessageId(number(MessageId.LENGTH));
  }

  BlobId blobId() {
    return new BlobId(number(BlobId.LENGTH));
  }

  DeviceId deviceId() {
    return new DeviceId(number(DeviceId.LENGTH));
  }

  /** Numbers that differ from their first digits on. */
  private Bytes number(int length) {
    byte[] bytes = new byte[length];
    long number = ids.incrementAndGet();
    bytes[0] = (byte) (number * 37);
    bytes[length - 1] = (byte) number;
    bytes[length - 2] = (byte) (number >> 8);
    return Bytes.of(bytes);
  }
}
