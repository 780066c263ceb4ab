package dev.waxwing.relay.core;

import dev.waxwing.message.UserId;
import dev.waxwing.wire.WireLimits;
import java.util.HashMap;
import java.util.Map;

/** What all blobs take, in memory and of each owner's quota. Bytes. */
final class BlobBudget {
  private final Rules rules;
  private final Map<UserId, Long> byOwner = new HashMap<>();
  private final Map<UserId, Long> memoryByOwner = new HashMap<>();
  private long memory;
  private long disk;

  BlobBudget(Rules rules) {
    this.rules = rules;
  }

  long memory() {
    return memory;
  }

  long disk() {
    return disk;
  }

  Policy.Blobs limits() {
    return rules.limits().blobs();
  }

  /** What one blob takes. */
  final class Share {
    private final UserId owner;
    private long memoryBytes;
    private long diskBytes;

    Share(UserId owner) {
      this.owner = owner;
    }

    /** Says what it takes now; whether that is less of either than before. */
    boolean set(long nowInMemory, long nowOnDisk) {
      long more = nowInMemory - memoryBytes;
      long moreOnDisk = nowOnDisk - diskBytes;
      memoryBytes = nowInMemory;
      diskBytes = nowOnDisk;
      memory += more;
      disk += moreOnDisk;
      add(byOwner, owner, more + moreOnDisk);
      add(memoryByOwner, owner, more);
      return more < 0 || moreOnDisk < 0;
    }
  }

  private static void add(Map<UserId, Long> sums, UserId owner, long bytes) {
    sums.merge(owner, bytes, Long::sum);
    sums.remove(owner, 0L);
  }

  /** Whether another whole part fits into the memory that all share. */
  boolean roomInMemory() {
    return memory + WireLimits.MAX_PART <= limits().memoryBytes();
  }

  /** Whether an owner may have another whole part in memory: a third of it at most. */
  boolean roomOfOwner(UserId owner) {
    return memoryByOwner.getOrDefault(owner, 0L) + WireLimits.MAX_PART
        <= Math.max(limits().memoryBytes() / 3, 2L * WireLimits.MAX_PART);
  }

  /** Whether another whole part fits into the owner's quota. */
  boolean roomInQuota(UserId owner) {
    return byOwner.getOrDefault(owner, 0L) + WireLimits.MAX_PART <= limits().quotaBytes();
  }

  /** Whether memory runs short: what is safe elsewhere should go. */
  boolean tight() {
    return memory > limits().memoryBytes() / 4 * 3;
  }
}
