package dev.waxwing.relay.core;

import dev.waxwing.message.UserId;
import java.util.HashMap;
import java.util.Map;

/**
 * Who may make and end blobs: so many, for so many recipients, and not too fast. What somebody asks
 * of the store counts from the question on. A recipient is a row on disk and an object in memory,
 * at every start of the relay too, so recipients are what is counted and what costs tokens.
 */
final class BlobAdmission {
  /** Tokens for making blobs, and once more for ending them; of one user. */
  static final Policy.Rate RATE = new Policy.Rate(8192, 64);

  /** What a blob costs besides a token a recipient: its row, and the record of its removal. */
  static final int BLOB_TOKENS = 4;

  /** What a blob weighs in memory, in recipients. */
  static final int BLOB_WEIGHT = 6;

  /** Most that all blobs of all owners weigh, in recipients: about 40 MiB. */
  static final long MOST_WEIGHT = 160_000;

  private final Rules rules;
  private final RateLimits rates;
  private final Map<UserId, Owned> byOwner = new HashMap<>();
  private long weight;

  /** What one user owns. */
  private record Owned(int blobs, long recipients) {
    long weight() {
      return (long) blobs * BLOB_WEIGHT + recipients;
    }
  }

  BlobAdmission(Rules rules, RateLimits rates) {
    this.rules = rules;
    this.rates = rates;
  }

  /** Whether a user may have one more blob, for so many recipients, beside those of all others. */
  boolean roomFor(UserId owner, int recipients) {
    Policy.Blobs limits = rules.limits().blobs();
    Owned owned = byOwner.getOrDefault(owner, new Owned(0, 0));
    return owned.blobs < limits.perUser()
        && owned.recipients + recipients <= limits.recipients()
        && withinShare(owned.weight() + BLOB_WEIGHT + recipients);
  }

  /**
   * Whether one owner may have so much. An owner's share of what is free is as large as what is
   * free is of all: plenty in an empty relay, little in one that is nearly full. Of n owners who
   * take all they can, one after another, the last still finds about 1/n² of all; a share that went
   * down with the free room alone would be halved by each.
   */
  private boolean withinShare(long ofOwner) {
    long free = MOST_WEIGHT - weight;
    return free > 0 && ofOwner * MOST_WEIGHT <= free * free;
  }

  /** There is one more, or may be soon. */
  void add(UserId owner, int recipients) {
    count(owner, 1, recipients);
  }

  void remove(UserId owner, int recipients) {
    count(owner, -1, -recipients);
  }

  private void count(UserId owner, int blobs, int recipients) {
    Owned sum =
        byOwner.merge(
            owner,
            new Owned(blobs, recipients),
            (a, b) -> new Owned(a.blobs + b.blobs, a.recipients + b.recipients));
    if (sum.blobs == 0) {
      byOwner.remove(owner);
    }
    weight += (long) blobs * BLOB_WEIGHT + recipients;
  }

  /**
   * Pays for making a blob.
   *
   * @return 0, or milliseconds until it can be paid for
   */
  long create(UserId user, int recipients, long now) {
    return rates.take(RateLimits.Act.CREATE_BLOB, user.name(), RATE, BLOB_TOKENS + recipients, now);
  }

  /**
   * Pays for a change of a blob there is: from a bucket of its own, so that whoever sent a lot can
   * still take it back.
   *
   * @param rows what it writes
   * @return 0, or milliseconds until it can be paid for
   */
  long change(UserId user, int rows, long now) {
    return rates.take(RateLimits.Act.CHANGE_BLOB, user.name(), RATE, rows, now);
  }
}
