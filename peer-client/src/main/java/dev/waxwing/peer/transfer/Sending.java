package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.files.FileStamp;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a transfer sent from here.
 *
 * @param blob the blob
 * @param keys what the age file is made from; with them every part can be sealed again, identically
 * @param source where the plaintext comes from
 * @param name what it is called for the receiver
 * @param caption a line beside it
 * @param people the recipients
 * @param stage how far it is
 * @param counts bytes
 * @param sealed root and ciphertext size, once known
 * @param replaces the offer this one stands for, if any
 * @param started milliseconds since 1970
 * @param problem why it failed or waits
 */
public record Sending(
    BlobId blob,
    Keys keys,
    From source,
    String name,
    String caption,
    List<Recipient> people,
    Stage stage,
    Counts counts,
    @Nullable Sealed sealed,
    @Nullable BlobId replaces,
    long started,
    @Nullable Problem problem) {
  /** Copies the list. */
  public Sending {
    people = List.copyOf(people);
  }

  /**
   * The secrets of one age file, made for it alone.
   *
   * @param identity the X25519 identity it is sealed to, 32 bytes
   * @param seed what file key, nonce and ephemeral key are derived from, 32 bytes
   */
  public record Keys(Bytes identity, Bytes seed) {
    /** Prints no secret. */
    @Override
    public String toString() {
      return "Keys[]";
    }
  }

  /** Where a plaintext comes from. */
  public enum Kind {
    FILE,
    FOLDER,
    STREAM,
    /** A text too long for a message. */
    TEXT
  }

  /**
   * The plaintext.
   *
   * @param kind what it is
   * @param path the file, or what a person named; empty for a stream
   * @param stamp a file's identity when it was offered
   */
  public record From(Kind kind, String path, @Nullable FileStamp stamp) {}

  /**
   * One recipient.
   *
   * @param user who
   * @param stage of their copy
   */
  public record Recipient(UserId user, Stage stage) {}

  /**
   * Bytes of plaintext.
   *
   * @param size in all; -1 while unknown
   * @param kept kept by the relay or every receiver
   * @param resent sent more than once
   */
  public record Counts(long size, long kept, long resent) {}

  /**
   * What the whole must be.
   *
   * @param root RFC 6962 root over the parts
   * @param size ciphertext bytes
   */
  public record Sealed(Bytes root, long size) {}

  /**
   * Why a transfer stands still.
   *
   * @param code the fault
   * @param detail for people
   */
  public record Problem(FaultCode code, String detail) {
    static Problem of(Fault fault) {
      return new Problem(fault.code(), fault.what());
    }
  }

  /** The same at another stage, with the reason, if any. */
  public Sending at(Stage next, @Nullable Problem why) {
    return new Sending(
        blob, keys, source, name, caption, people, next, counts, sealed, replaces, started, why);
  }

  /** The same with other counts. */
  public Sending with(Counts next) {
    return new Sending(
        blob, keys, source, name, caption, people, stage, next, sealed, replaces, started, problem);
  }

  /** The same, sealed. */
  public Sending with(Sealed next) {
    return new Sending(
        blob, keys, source, name, caption, people, stage, counts, next, replaces, started, problem);
  }

  /**
   * The same with one recipient's copy at another stage. Once every copy has ended: done if anybody
   * has it, declined if all did that, else cancelled.
   */
  public Sending with(UserId user, Stage next) {
    List<Recipient> after = new ArrayList<>();
    for (Recipient one : people) {
      after.add(one.user().equals(user) && !one.stage().ended() ? new Recipient(user, next) : one);
    }
    boolean ended = after.stream().allMatch(one -> one.stage().ended());
    boolean declined = after.stream().allMatch(one -> one.stage() == Stage.DECLINED);
    boolean done = after.stream().anyMatch(one -> one.stage() == Stage.DONE);
    Stage whole =
        stage.ended() || !ended
            ? stage
            : done ? Stage.DONE : declined ? Stage.DECLINED : Stage.CANCELLED;
    return new Sending(
        blob, keys, source, name, caption, after, whole, counts, sealed, replaces, started,
        problem);
  }
}
