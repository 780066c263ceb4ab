package dev.waxwing.peer.transfer;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.files.FileStamp;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
  /** Most copies that a recipient gets in place of the first, without a person here wishing it. */
  static final int MOST_RESTARTS = 3;

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
   * @param key the account key it is for: theirs when it was made, or, where they were not known,
   *     when they were first seen; null before that
   * @param restarts how many copies before this one did not come through; null for none
   * @param problem why it failed, if it did
   */
  public record Recipient(
      UserId user,
      Stage stage,
      @Nullable Bytes key,
      @Nullable Integer restarts,
      @Nullable Problem problem) {
    /** Somebody who is sent it for the first time. */
    public Recipient(UserId user, Stage stage) {
      this(user, stage, null, null, null);
    }

    /** Whoever has it has it, also when their copy was given up here meanwhile. */
    private boolean mayBecome(Stage next) {
      return !stage.ended()
          || (next == Stage.DONE && (stage == Stage.FAILED || stage == Stage.CANCELLED));
    }

    Recipient at(Stage next, @Nullable Problem why) {
      return new Recipient(user, next, key, restarts, why);
    }

    Recipient with(@Nullable Bytes known) {
      return new Recipient(user, stage, known, restarts, problem);
    }

    /**
     * The same person as the recipient of a copy that takes the place of this one, since they or
     * the relay said that it does not come through.
     *
     * @throws Fault TRANSFER_NOT_RESUMABLE when that was said too often
     */
    Recipient anew() {
      int before = restarts == null ? 0 : restarts;
      if (before >= MOST_RESTARTS) {
        throw new Fault(
            FaultCode.TRANSFER_NOT_RESUMABLE,
            "none of " + (before + 1) + " copies came through to " + user);
      }
      return new Recipient(user, Stage.WAITING, key, before + 1, null);
    }
  }

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
   * @param keptFor the devices for which the relay said that it has all of it; null until then
   */
  public record Sealed(Bytes root, long size, @Nullable List<Address> keptFor) {
    /** Nothing heard from the relay yet. */
    public Sealed(Bytes root, long size) {
      this(root, size, null);
    }

    /** The same, when the relay has all of it. */
    Sealed kept(List<Address> devices) {
      return new Sealed(root, size, List.copyOf(devices));
    }

    /** Whether the relay said that it has all of it for these devices. */
    boolean keptFor(List<Address> devices) {
      return keptFor != null && Set.copyOf(keptFor).equals(Set.copyOf(devices));
    }
  }

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

  /** The same with other recipients. */
  Sending with(List<Recipient> next) {
    return new Sending(
        blob, keys, source, name, caption, next, stage, counts, sealed, replaces, started, problem);
  }

  /** Somebody's copy. */
  Optional<Recipient> copy(UserId user) {
    return people.stream().filter(one -> one.user().equals(user)).findFirst();
  }

  /** Whether the relay said that it has all of it. */
  boolean kept() {
    return sealed != null && sealed.keptFor() != null;
  }

  /** The same, whole at the relay, unless it has ended. */
  Sending atRelay() {
    long all = counts.size() < 0 ? counts.kept() : counts.size();
    Sending next =
        stage.ended()
            ? this
            : with(new Counts(counts.size(), all, counts.resent())).at(Stage.AT_RELAY, null);
    for (UserId user : open()) {
      next = next.with(user, Stage.AT_RELAY);
    }
    return next;
  }

  /** All but whoever is known under another key than the one it is for. */
  List<UserId> ofTheirKey() {
    return people.stream()
        .filter(one -> one.problem() == null || one.problem().code() != FaultCode.KEY_CHANGED)
        .map(Recipient::user)
        .toList();
  }

  /** Those whose copy has not ended. */
  List<UserId> open() {
    return people.stream().filter(one -> !one.stage().ended()).map(Recipient::user).toList();
  }

  /**
   * Whether it was taken back as a whole, and copies of it still look open: not everybody was told.
   */
  boolean untold() {
    return (stage == Stage.CANCELLED || stage == Stage.FAILED) && !open().isEmpty();
  }

  /** The same with one copy ended as the whole was. */
  Sending closed(UserId user) {
    return with(user, stage, stage == Stage.FAILED ? problem : null);
  }

  /** The same with every open copy ended as the whole was. */
  Sending closed() {
    Sending next = this;
    for (UserId user : open()) {
      next = next.closed(user);
    }
    return next;
  }

  /** The same with one recipient's copy failed; nothing changes where it has ended. */
  Sending failed(UserId user, Problem why) {
    return copy(user).filter(one -> !one.stage().ended()).isEmpty()
        ? this
        : at(stage, why).with(user, Stage.FAILED, why);
  }

  /**
   * Whether the relay may keep it for somebody who will not come for it, and does not know that:
   * whoever declined may have done so by blocking, of which the relay's blobs know nothing.
   */
  boolean stillAtRelay() {
    return people.stream().anyMatch(one -> one.stage() != Stage.DONE);
  }

  /**
   * The same when one recipient cannot be told of it; nothing changes where their copy has ended.
   */
  Sending lost(UserId user, Fault fault) {
    Problem why = Problem.of(fault);
    if (fault.code() != FaultCode.DECLINED) {
      return failed(user, why);
    }
    Sending next = with(user, Stage.DECLINED);
    return !stage.ended() && next.stage() == Stage.DECLINED ? next.at(Stage.DECLINED, why) : next;
  }

  /**
   * The same with one recipient's copy at another stage. Once every copy has ended: done if anybody
   * has it, declined if all did that, failed if a copy did, else cancelled. What failed is done
   * after all when everybody says that they have it: the relay's word on that was lost.
   */
  public Sending with(UserId user, Stage next) {
    return with(user, next, null);
  }

  private Sending with(UserId user, Stage next, @Nullable Problem why) {
    List<Recipient> after = new ArrayList<>();
    for (Recipient one : people) {
      after.add(one.user().equals(user) && one.mayBecome(next) ? one.at(next, why) : one);
    }
    boolean ended = after.stream().allMatch(one -> one.stage().ended());
    boolean declined = after.stream().allMatch(one -> one.stage() == Stage.DECLINED);
    boolean done = after.stream().anyMatch(one -> one.stage() == Stage.DONE);
    boolean failed = after.stream().anyMatch(one -> one.stage() == Stage.FAILED);
    boolean everybody = after.stream().allMatch(one -> one.stage() == Stage.DONE);
    boolean standing = stage.ended() && !(stage == Stage.FAILED && everybody);
    Stage whole =
        standing || !ended
            ? stage
            : done
                ? Stage.DONE
                : declined ? Stage.DECLINED : failed ? Stage.FAILED : Stage.CANCELLED;
    Problem failure =
        whole == Stage.FAILED && stage != Stage.FAILED
            ? after.stream()
                .map(Recipient::problem)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(problem)
            : whole == Stage.DONE && stage == Stage.FAILED ? null : problem;
    return new Sending(
        blob, keys, source, name, caption, after, whole, counts, sealed, replaces, started,
        failure);
  }
}
