package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The list of blobs in memory. */
final class MemoryBlobCatalog implements BlobCatalog {
  private final UndoMap<String, BlobRecord> blobs;
  private final UndoMap<String, RemovedReason> gone;

  private final Directory directory;

  MemoryBlobCatalog(UndoLog log, Directory directory) {
    this.directory = directory;
    blobs = new UndoMap<>(log);
    gone = new UndoMap<>(log);
  }

  @Override
  public CreateOutcome create(BlobId blob, Address owner, List<Address> recipients, long now) {
    BlobRecord there = blobs.get(blob.toString());
    if (there != null) {
      return there.owner().equals(owner)
              && there.recipients().keySet().equals(new HashSet<>(recipients))
          ? CreateOutcome.REPEATED
          : CreateOutcome.CONFLICT;
    }
    Optional<RemovedReason> gone = whyGone(blob);
    if (gone.isPresent()) {
      return gone.get() == RemovedReason.FINISHED ? CreateOutcome.FINISHED : CreateOutcome.GONE;
    }
    if (!registered(owner) || !recipients.stream().allMatch(this::registered)) {
      return CreateOutcome.UNKNOWN;
    }
    TreeMap<Address, BlobRecord.RecipientState> states = new TreeMap<>();
    recipients.forEach(recipient -> states.put(recipient, BlobRecord.RecipientState.ACTIVE));
    put(new BlobRecord(blob, owner, new BlobRecord.Times(now, now), null, states));
    return CreateOutcome.CREATED;
  }

  private boolean registered(Address device) {
    return directory
        .find(device.user())
        .map(user -> user.devices().contains(device.device()))
        .orElse(false);
  }

  private void put(BlobRecord blob) {
    blobs.put(blob.id().toString(), blob);
  }

  @Override
  public Optional<BlobRecord> find(BlobId blob) {
    return Optional.ofNullable(blobs.get(blob.toString()));
  }

  @Override
  public List<BlobRecord> all() {
    return blobs.view().values().stream()
        .sorted(Comparator.comparing(blob -> blob.times().created()))
        .toList();
  }

  @Override
  public List<BlobRecord> ownedBy(UserId user) {
    return all().stream().filter(blob -> blob.owner().user().equals(user)).toList();
  }

  @Override
  public SealOutcome seal(BlobId blob, BlobRecord.Seal seal, long now) {
    BlobRecord there = blobs.get(blob.toString());
    if (there == null) {
      return SealOutcome.UNKNOWN;
    }
    if (there.seal() != null) {
      return there.seal().equals(seal) ? SealOutcome.REPEATED : SealOutcome.CONFLICT;
    }
    put(
        new BlobRecord(
            blob,
            there.owner(),
            new BlobRecord.Times(there.times().created(), now),
            seal,
            there.recipients()));
    return SealOutcome.SEALED;
  }

  @Override
  public boolean setRecipient(
      BlobId blob, Address recipient, BlobRecord.RecipientState state, long now) {
    touch(blob, now);
    BlobRecord there = blobs.get(blob.toString());
    if (there == null || !there.recipients().containsKey(recipient)) {
      return false;
    }
    TreeMap<Address, BlobRecord.RecipientState> states = new TreeMap<>(there.recipients());
    states.put(recipient, state);
    put(new BlobRecord(blob, there.owner(), there.times(), there.seal(), states));
    return true;
  }

  @Override
  public void touch(BlobId blob, long now) {
    find(blob)
        .ifPresent(
            there ->
                put(
                    new BlobRecord(
                        blob,
                        there.owner(),
                        new BlobRecord.Times(there.times().created(), now),
                        there.seal(),
                        there.recipients())));
  }

  @Override
  public boolean remove(BlobId blob, RemovedReason reason, long now) {
    if (!blobs.remove(blob.toString())) {
      return false;
    }
    gone.put(blob.toString(), reason);
    return true;
  }

  @Override
  public Optional<RemovedReason> whyGone(BlobId blob) {
    return Optional.ofNullable(gone.get(blob.toString()));
  }
}
