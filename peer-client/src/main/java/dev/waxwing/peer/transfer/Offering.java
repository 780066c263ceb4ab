package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How people come to know of an upload: for which devices it is, and what they are told before its
 * first part leaves. It is for the account keys under which they were known when it was made, or
 * were first seen after that; whoever has another one by then hears nothing of it, and their copy
 * ends. Keeps nothing between calls.
 */
final class Offering {
  /** Names the value that says for which devices a blob was made, once people were told of it. */
  private static final String OFFERED = "offered/";

  /** The length of that value where an earlier program noted only that they were told. */
  private static final int UNLISTED = 1;

  private final Host host;
  private final Suite suite;
  private final TransferRows rows;
  private final BlobId blob;

  Offering(Host host, Suite suite, BlobId blob) {
    this.host = host;
    this.suite = suite;
    this.rows = new TransferRows(host);
    this.blob = blob;
  }

  /**
   * Everybody's devices; those of people whose key is another one are left out.
   *
   * @throws Fault KEY_CHANGED when nobody is left; CANCELLED when it has ended meanwhile
   */
  List<Address> devices() {
    // Looked up first, where unknown: then there is a key to note.
    List<Address> devices = host.devices(people());
    if (told()) {
      return devices;
    }
    rows.changeSendingIn(blob, Offering::keysNoted);
    requireOpen();
    List<UserId> left = people();
    return devices.stream().filter(device -> left.contains(device.user())).toList();
  }

  /**
   * Those for whom the blob is. Once they were told, the same for good: the relay makes it for
   * others no more.
   */
  private List<UserId> people() {
    return offered()
        .filter(list -> list.length > UNLISTED)
        .map(list -> Address.decodeList(list, WireLimits.MAX_RECIPIENTS))
        .map(devices -> devices.stream().map(Address::user).distinct().toList())
        .orElseGet(() -> rows.sending(blob).ofTheirKey());
  }

  private Optional<byte[]> offered() {
    return host.store(tx -> tx.value(OFFERED + blob));
  }

  /** Whether people were told of it; nothing has left before. */
  boolean told() {
    return offered().isPresent();
  }

  /**
   * Whether the relay said that it has all of it for the devices of now. Then its original is not
   * read again: it may be another by now, or gone.
   */
  boolean kept() {
    Sending.Sealed sealed = rows.sending(blob).sealed();
    return sealed != null && sealed.keptFor() != null && sealed.keptFor(host.devices(people()));
  }

  /** With the key of whoever had none, and without whoever has another. */
  private static Sending keysNoted(PeerStore.Tx tx, Sending now) {
    List<Sending.Recipient> known = new ArrayList<>();
    for (Sending.Recipient one : now.people()) {
      known.add(one.key() != null ? one : one.with(PinnedKey.of(tx, one.user()).orElse(null)));
    }
    Sending next = now.with(known);
    for (Sending.Recipient one : known) {
      Bytes key = one.key();
      if (key != null && !PinnedKey.is(tx, one.user(), key)) {
        next = next.failed(one.user(), Sending.Problem.of(PinnedKey.changed(one.user())));
      }
    }
    return next;
  }

  /**
   * Tells everybody whose copy is still open, once. The session looks at key and row in the very
   * turn that seals or queues it ({@link TransferBook#admit}): since {@link #devices} the relay had
   * its time to answer in, and to show other keys.
   *
   * @param devices for which the relay made the blob
   * @throws Fault KEY_CHANGED when nobody is left; CANCELLED when it has ended meanwhile
   */
  void tell(List<Address> devices) {
    if (told()) {
      return;
    }
    Sending row = requireOpen();
    Content.Offer offer = offer(row);
    row.open().forEach(user -> tell(user, offerId(row, user), offer));
    host.store(
        tx -> {
          tx.putValue(OFFERED + blob, Address.encodeList(devices));
          return true;
        });
    requireOpen();
  }

  private void tell(UserId user, MessageId id, Content.Offer offer) {
    try {
      host.tell(user, id, offer);
    } catch (Fault fault) {
      switch (fault.code()) {
        case KEY_CHANGED ->
            rows.changeSending(blob, now -> now.failed(user, Sending.Problem.of(fault)));
        // Ended by another word in between.
        case TRANSFER_STATE -> {}
        default -> throw fault;
      }
    }
  }

  /**
   * The same each time: a crash between telling and noting that it was told makes no second one.
   */
  private MessageId offerId(Sending row, UserId to) {
    byte[] which =
        Labels.info(
            "offer-id", blob.value().toArray(), to.name().getBytes(StandardCharsets.US_ASCII));
    try (Secret seed = Secret.take(row.keys().seed().toArray());
        Secret id = suite.kdf().hkdf(new byte[32], seed, which, MessageId.LENGTH)) {
      return new MessageId(id.use(Bytes::of));
    }
  }

  private static Content.Offer offer(Sending row) {
    Content.Shape shape =
        row.source().kind() == Sending.Kind.FOLDER ? Content.Shape.FOLDER : Content.Shape.FILE;
    long modified = row.source().stamp() == null ? 0 : row.source().stamp().modified() / 1_000_000;
    return new Content.Offer(
        row.blob(),
        row.keys().identity(),
        row.name(),
        shape,
        row.counts().size(),
        Math.max(0, modified),
        row.caption(),
        row.replaces());
  }

  private Sending requireOpen() {
    Sending row = rows.sending(blob);
    Sending.@Nullable Problem why = row.problem();
    if (row.stage() == Stage.FAILED && why != null) {
      throw new Fault(why.code(), why.detail());
    }
    if (row.stage().ended()) {
      throw new Fault(FaultCode.CANCELLED, "it has ended meanwhile");
    }
    return row;
  }
}
