package dev.waxwing.simulation;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Faults of peers, each one mistake. */
final class PeerPlants {
  private PeerPlants() {}

  /** The ratchet's state reaches the disk one transaction after what it sealed has left. */
  static final class RatchetSavedLate extends Plant {
    @Override
    PeerStore peerStore(PeerStore right) {
      return new LateStore(right, "putConversation", "conversation", name -> true);
    }
  }

  /** A message reaches the disk one transaction after its ack and its receipt. */
  static final class ReceiptForWhatIsNotStored extends Plant {
    @Override
    PeerStore peerStore(PeerStore right) {
      return new LateStore(right, "putValue", "value", name -> name.toString().startsWith("log/"));
    }
  }

  /** Nobody looks whether a message was stored before. */
  static final class DedupForgotten extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.RELAY_RESTORES);
    }

    @Override
    PeerStore peerStore(PeerStore right) {
      return through(right, DedupForgotten::blind);
    }

    private static PeerStore.Tx blind(PeerStore.Tx tx) {
      return (PeerStore.Tx)
          Proxy.newProxyInstance(
              PeerStore.Tx.class.getClassLoader(),
              new Class<?>[] {PeerStore.Tx.class},
              (self, method, args) ->
                  method.getName().equals("seen") ? false : LateStore.invoke(tx, method, args));
    }
  }

  /** Every process believes its clock, whatever the one before it had. */
  static final class ClockBelieved extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.LEAPS);
    }

    @Override
    PeerStore peerStore(PeerStore right) {
      return through(right, ClockBelieved::ageless);
    }

    private static PeerStore.Tx ageless(PeerStore.Tx tx) {
      return (PeerStore.Tx)
          Proxy.newProxyInstance(
              PeerStore.Tx.class.getClassLoader(),
              new Class<?>[] {PeerStore.Tx.class},
              (self, method, args) ->
                  method.getName().equals("value") && args[0].equals("ageing")
                      ? Optional.empty()
                      : LateStore.invoke(tx, method, args));
    }
  }

  /** What is stored is not what was said. */
  static final class StoredWrong extends Plant {
    @Override
    PeerStore peerStore(PeerStore right) {
      return through(right, StoredWrong::wrong);
    }

    private static PeerStore.Tx wrong(PeerStore.Tx tx) {
      return (PeerStore.Tx)
          Proxy.newProxyInstance(
              PeerStore.Tx.class.getClassLoader(),
              new Class<?>[] {PeerStore.Tx.class},
              (self, method, args) -> {
                if (method.getName().equals("putValue") && args[0].toString().startsWith("log/")) {
                  ((byte[]) args[1])[0] = 'w';
                }
                return LateStore.invoke(tx, method, args);
              });
    }
  }

  /** Salts repeat, and the ratchet is late: a key and a nonce come together twice. */
  static final class SaltRepeats extends Plant {
    @Override
    byte[] random(byte[] right) {
      return right.length == 16 ? new byte[16] : right;
    }

    @Override
    PeerStore peerStore(PeerStore right) {
      return new RatchetSavedLate().peerStore(right);
    }
  }

  /** Mail is acked before it is stored. */
  static final class AckBeforeStored extends Plant {
    private EpochId epoch;

    @Override
    RelayMessage toPeer(RelayMessage right) {
      if (right instanceof RelayMessage.Welcome welcome) {
        epoch = welcome.epoch();
      }
      return right;
    }

    @Override
    List<PeerEffect> beforeInput(PeerInput input) {
      List<PeerEffect> acks = new ArrayList<>();
      if (input instanceof PeerInput.Received received) {
        for (PeerInput.Incoming one : received.messages()) {
          if (one.message() instanceof RelayMessage.Deliver mail) {
            acks.add(
                new PeerEffect.Transmit(
                    new PeerMessage.Ack(
                        epoch, List.of(new PeerMessage.Mail(mail.seq(), mail.id()))),
                    new byte[0]));
          }
        }
      }
      return acks;
    }
  }

  /** What waits is handed over again in the wrong order after a lost connection. */
  static final class OrderLostOnReconnect extends Plant {
    @Override
    List<PeerEffect> peerEffects(PeerInput input, List<PeerEffect> right) {
      if (!(input instanceof PeerInput.LinkUp)) {
        return right;
      }
      List<PeerEffect> turned = new ArrayList<>(right);
      Collections.reverse(turned);
      return turned;
    }
  }

  /** A refusal is not heard. */
  static final class RefusalForgotten extends Plant {
    @Override
    PeerInput toSession(PeerInput right) {
      if (!(right instanceof PeerInput.Received received)) {
        return right;
      }
      return new PeerInput.Received(
          received.messages().stream()
              .filter(
                  one ->
                      !(one.message() instanceof RelayMessage.Refused refusal
                          && refusal.id() != null))
              .toList());
    }
  }

  /** A new incarnation of the mailboxes is not noticed. */
  static final class EpochIgnored extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.RELAY_RESTORES);
    }

    private EpochId first;

    @Override
    RelayMessage toPeer(RelayMessage right) {
      if (!(right instanceof RelayMessage.Welcome welcome)) {
        return right;
      }
      if (first == null) {
        first = welcome.epoch();
      }
      return new RelayMessage.Welcome(
          welcome.user(),
          welcome.device(),
          first,
          welcome.time(),
          welcome.oneTime(),
          welcome.oneTimeKem(),
          welcome.contactsOnly(),
          welcome.waiting());
    }
  }

  /** A part is called held before it is forced. */
  static final class HeldBeforeForced extends Plant {
    @Override
    Set<Climate.Kind> needs() {
      return Set.of(Climate.Kind.BLOBS);
    }

    @Override
    long readerHolds(long forced, long written) {
      return written;
    }
  }

  private static PeerStore through(PeerStore right, UnaryOperator<PeerStore.Tx> lens) {
    return new PeerStore() {
      @Override
      public <R> R transact(Function<Tx, R> work) {
        return right.transact(tx -> work.apply(lens.apply(tx)));
      }

      @Override
      public void close() {
        right.close();
      }
    };
  }
}
