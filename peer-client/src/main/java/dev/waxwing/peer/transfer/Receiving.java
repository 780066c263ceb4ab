package dev.waxwing.peer.transfer;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a transfer offered to this profile.
 *
 * @param offer what the sender said of it, its key included
 * @param from the sending device
 * @param stage how far it is
 * @param target where it goes, once taken
 * @param sealed root and ciphertext size, once the sender said them
 * @param prefix header and nonce of the age file, once part 0 was opened: a resume needs them
 * @param done plaintext bytes held
 * @param started milliseconds since 1970
 * @param problem why it failed or waits
 */
public record Receiving(
    Content.Offer offer,
    Address from,
    Stage stage,
    @Nullable Target target,
    Sending.@Nullable Sealed sealed,
    @Nullable Bytes prefix,
    long done,
    long started,
    Sending.@Nullable Problem problem) {

  /**
   * Where a transfer goes.
   *
   * @param folder absolute path
   * @param name chosen by the receiving person; null for the sender's made safe
   * @param onClash when the name is taken
   * @param part the file being written, once it is; then, when done, the finished file
   */
  public record Target(
      String folder, @Nullable String name, OnClash onClash, @Nullable String part) {
    /** The same with nothing written yet. */
    Target fromTheStart() {
      return new Target(folder, name, onClash, null);
    }

    /** The same with the file being written. */
    public Target writing(String path) {
      return new Target(folder, name, onClash, path);
    }
  }

  /** The blob. */
  public BlobId blob() {
    return offer.blob();
  }

  /**
   * Whether another offer is of what a person saw when they took this one: its name and shape, and
   * its size where that was known. Only then may it take the place of this one by itself.
   */
  boolean isFor(Content.Offer other) {
    return offer.name().equals(other.name())
        && offer.shape() == other.shape()
        && (offer.size() < 0 || offer.size() == other.size());
  }

  /** The same at another stage, with the reason, if any. */
  public Receiving at(Stage next, Sending.@Nullable Problem why) {
    return new Receiving(offer, from, next, target, sealed, prefix, done, started, why);
  }

  /** The same going there. */
  public Receiving to(Target next) {
    return new Receiving(offer, from, stage, next, sealed, prefix, done, started, problem);
  }

  /** Whether a person may still have it: it has not ended, or may be taken again. */
  boolean mayBeTaken() {
    return !stage.ended() || stage == Stage.FAILED;
  }

  /** The same, sealed. */
  public Receiving with(Sending.Sealed next) {
    return new Receiving(offer, from, stage, target, next, prefix, done, started, problem);
  }

  /** The same with the age file's prefix. */
  public Receiving with(Bytes next) {
    return new Receiving(offer, from, stage, target, sealed, next, done, started, problem);
  }

  /** The same with so many bytes held. */
  public Receiving held(long next) {
    return new Receiving(offer, from, stage, target, sealed, prefix, next, started, problem);
  }
}
