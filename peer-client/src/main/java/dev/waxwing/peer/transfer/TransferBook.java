package dev.waxwing.peer.transfer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.TransferLedger;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of all transfers, as rows of the store. Stateless; used inside transactions.
 */
public final class TransferBook implements TransferLedger {
  private static final JsonMapper MAPPER = HeaderCodec.mapper(1 << 20);
  private static final String SENDING = "sending";
  private static final String RECEIVING = "receiving";

  /** A row of either kind; one of the two is null. */
  public record Entry(@Nullable Sending sending, @Nullable Receiving receiving) {
    BlobId blob() {
      return sending != null ? sending.blob() : Objects.requireNonNull(receiving).blob();
    }

    boolean ended() {
      return (sending != null ? sending.stage() : Objects.requireNonNull(receiving).stage())
          .ended();
    }
  }

  /** One transfer. */
  public Optional<Entry> find(PeerStore.Tx tx, BlobId blob) {
    return tx.transfer(blob).map(TransferBook::decode);
  }

  /** Every transfer, oldest first. */
  public List<Entry> all(PeerStore.Tx tx) {
    List<Entry> entries = new ArrayList<>();
    tx.transfers().forEach(row -> entries.add(decode(row)));
    return entries;
  }

  /**
   * A transfer sent from here.
   *
   * @throws Fault TRANSFER_UNKNOWN
   */
  public Sending sending(PeerStore.Tx tx, BlobId blob) {
    return find(tx, blob)
        .map(Entry::sending)
        .orElseThrow(() -> new Fault(FaultCode.TRANSFER_UNKNOWN, "no such transfer is sent here"));
  }

  /**
   * A transfer offered to this profile.
   *
   * @throws Fault TRANSFER_UNKNOWN
   */
  public Receiving receiving(PeerStore.Tx tx, BlobId blob) {
    return find(tx, blob)
        .map(Entry::receiving)
        .orElseThrow(() -> new Fault(FaultCode.TRANSFER_UNKNOWN, "no such transfer was offered"));
  }

  /** Writes a transfer. */
  public void put(PeerStore.Tx tx, Sending sending, long now) {
    tx.putTransfer(new PeerStore.TransferRow(sending.blob(), encode(SENDING, sending), now));
  }

  /** Writes a transfer. */
  public void put(PeerStore.Tx tx, Receiving receiving, long now) {
    tx.putTransfer(new PeerStore.TransferRow(receiving.blob(), encode(RECEIVING, receiving), now));
  }

  @Override
  public void store(PeerStore.Tx tx, Address from, Content content, long now) {
    content.on(new Storing(tx, from, now));
  }

  @Override
  public void admit(PeerStore.Tx tx, UserId to, Content content) {
    if (content instanceof Content.Offer offer) {
      Sending row = sending(tx, offer.blob());
      if (row.stage().ended() || !row.open().contains(to)) {
        throw new Fault(FaultCode.TRANSFER_STATE, "their copy has ended already");
      }
      PinnedKey.require(tx, to, row.copy(to).orElseThrow().key());
    }
  }

  @Override
  public void givenUp(PeerStore.Tx tx, UserId to, Content content, Fault fault, long now) {
    Optional<BlobId> blob = hangsOn(content);
    blob.flatMap(id -> find(tx, id))
        .map(Entry::sending)
        .filter(row -> row.open().contains(to))
        .ifPresent(
            row -> {
              put(tx, LeftToDo.dropped(tx, row.lost(to, fault)), now);
              if (content instanceof Content.Final && reachable(fault)) {
                LeftToDo.note(tx, LeftToDo.answer(row.blob(), to));
              }
            });
  }

  /** The transfer that is of no use to whoever does not hear this. */
  static Optional<BlobId> hangsOn(Content content) {
    if (content instanceof Content.Offer offer) {
      return Optional.of(offer.blob());
    }
    return content instanceof Content.Final last ? Optional.of(last.blob()) : Optional.empty();
  }

  /** Whether somebody who has an offer may still hear that nothing comes of it. */
  private static boolean reachable(Fault fault) {
    return switch (fault.code()) {
      case USER_UNKNOWN, DECLINED, KEY_CHANGED, CANCELLED -> false;
      default -> true;
    };
  }

  private static byte[] encode(String kind, Object details) {
    ObjectNode node = MAPPER.createObjectNode();
    node.set(kind, MAPPER.valueToTree(details));
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new Fault(FaultCode.INTERNAL, "a transfer that cannot be written", e);
    }
  }

  private static Entry decode(PeerStore.TransferRow row) {
    try {
      return MAPPER.readValue(row.details(), Entry.class);
    } catch (IOException e) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored transfer is damaged", e);
    }
  }

  /** What each content does to the rows; only who sent an offer can change it. */
  private final class Storing implements Content.Cases<Boolean> {
    private final PeerStore.Tx tx;
    private final Address from;
    private final long now;

    Storing(PeerStore.Tx tx, Address from, long now) {
      this.tx = tx;
      this.from = from;
      this.now = now;
    }

    private Optional<Receiving> received(BlobId blob) {
      return find(tx, blob).map(Entry::receiving).filter(row -> row.from().equals(from));
    }

    private Optional<Receiving> offered(BlobId blob) {
      return received(blob).filter(row -> !row.stage().ended());
    }

    private Optional<Sending> sent(BlobId blob) {
      return find(tx, blob)
          .map(Entry::sending)
          .filter(row -> row.people().stream().anyMatch(one -> one.user().equals(from.user())));
    }

    @Override
    public Boolean text(Content.Text content) {
      return false;
    }

    @Override
    public Boolean offer(Content.Offer content) {
      if (tx.transfer(content.blob()).isPresent()) {
        return false;
      }
      Receiving fresh = new Receiving(content, from, Stage.OFFERED, null, null, null, 0, now, null);
      BlobId replaced = content.replaces();
      Optional<Receiving> earlier = replaced == null ? Optional.empty() : offered(replaced);
      earlier.ifPresent(
          row -> {
            put(tx, row.at(Stage.CANCELLED, null), now);
            LeftToDo.note(tx, LeftToDo.leaving(row.blob()));
          });
      // Whoever took the earlier offer takes this one, from its start, if it is the same file.
      Receiving.Target target =
          earlier.filter(row -> row.isFor(content)).map(Receiving::target).orElse(null);
      put(
          tx,
          target == null
              ? fresh
              : fresh
                  .to(new Receiving.Target(target.folder(), target.name(), target.onClash(), null))
                  .at(Stage.WAITING, null),
          now);
      return true;
    }

    @Override
    public Boolean finish(Content.Final content) {
      // Said once: what a download was checked against does not change under it.
      offered(content.blob())
          .filter(row -> row.sealed() == null)
          .ifPresent(
              row -> put(tx, row.with(new Sending.Sealed(content.root(), content.size())), now));
      return true;
    }

    @Override
    public Boolean withdraw(Content.Withdraw content) {
      FaultCode code = content.code();
      received(content.blob())
          .filter(row -> row.stage() == Stage.FAILED || !row.stage().ended())
          .ifPresent(row -> LeftToDo.note(tx, LeftToDo.leaving(row.blob())));
      offered(content.blob())
          .map(
              row ->
                  code == null
                      ? row.at(Stage.CANCELLED, null)
                      : row.at(
                          Stage.FAILED,
                          new Sending.Problem(code, "the sender's device gave it up")))
          .ifPresent(row -> put(tx, row, now));
      return true;
    }

    @Override
    public Boolean receipt(Content.Receipt content) {
      return false;
    }

    @Override
    public Boolean fileOutcome(Content.FileOutcome content) {
      Stage stage =
          switch (content.outcome()) {
            case RECEIVED -> Stage.DONE;
            case DECLINED -> Stage.DECLINED;
          };
      sent(content.blob())
          .map(row -> row.with(from.user(), stage))
          .ifPresent(row -> put(tx, row.stillAtRelay() ? LeftToDo.dropped(tx, row) : row, now));
      return true;
    }

    @Override
    public Boolean resend(Content.Resend content) {
      return false;
    }

    @Override
    public Boolean restart(Content.Restart content) {
      sent(content.blob())
          .ifPresent(row -> LeftToDo.note(tx, LeftToDo.answer(row.blob(), from.user())));
      return true;
    }
  }
}
