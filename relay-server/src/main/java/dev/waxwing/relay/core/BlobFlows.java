package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every blob: by its ID, and apart those that somebody is connected for or that have parts in
 * memory. The many that only wait for their recipients cost nothing until they expire.
 */
final class BlobFlows {
  /** Blobs are looked through for expired ones this often at most. */
  static final long LOOK_MILLIS = 60_000;

  private final BlobAdmission admission;
  private final Map<BlobId, BlobFlow> byId = new HashMap<>();
  private final Set<BlobFlow> live = new LinkedHashSet<>();
  private final Set<BlobFlow> inMemory = new LinkedHashSet<>();
  private long nextLook = Long.MAX_VALUE;
  private long looks;

  BlobFlows(BlobAdmission admission) {
    this.admission = admission;
  }

  int count() {
    return byId.size();
  }

  boolean has(BlobId blob) {
    return byId.containsKey(blob);
  }

  @Nullable BlobFlow find(BlobId blob) {
    return byId.get(blob);
  }

  void enter(BlobFlow flow) {
    byId.put(flow.id, flow);
    admission.add(flow.owner.user(), flow.width());
    nextLook = Math.min(nextLook, expiresAt(flow));
    changed(flow);
  }

  void forget(BlobFlow flow) {
    if (byId.remove(flow.id, flow)) {
      admission.remove(flow.owner.user(), flow.width());
      changed(flow);
    }
  }

  /** Sorts a flow in anew: who is connected for it, or what it has in memory, may have changed. */
  void changed(BlobFlow flow) {
    boolean here = byId.get(flow.id) == flow;
    sort(live, flow, here && !flow.dormant());
    sort(inMemory, flow, here && flow.parts.wholeBytes() > 0);
  }

  private static void sort(Set<BlobFlow> flows, BlobFlow flow, boolean member) {
    if (member) {
      flows.add(flow);
    } else {
      flows.remove(flow);
    }
  }

  List<BlobFlow> all() {
    return List.copyOf(byId.values());
  }

  /** Those that time changes. */
  List<BlobFlow> live() {
    return List.copyOf(live);
  }

  /** Those with whole parts in memory. */
  List<BlobFlow> inMemory() {
    return List.copyOf(inMemory);
  }

  /**
   * Those that were not active for too long and are not being removed yet.
   *
   * @param now how long the relay has run
   */
  List<BlobFlow> expired(long now) {
    List<BlobFlow> expired = new ArrayList<>();
    if (now < nextLook) {
      return expired;
    }
    looks++;
    long next = now + LOOK_MILLIS;
    long earliest = Long.MAX_VALUE;
    for (BlobFlow flow : byId.values()) {
      long at = expiresAt(flow);
      earliest = Math.min(earliest, at);
      if (at <= now && !flow.ending()) {
        expired.add(flow);
      }
    }
    nextLook = Math.max(next, earliest);
    return expired;
  }

  /** How often all blobs were looked through. */
  long looks() {
    return looks;
  }

  private static long expiresAt(BlobFlow flow) {
    return flow.lastActive() + (flow.sealed() ? Blobs.SEALED_MILLIS : Blobs.UNSEALED_MILLIS);
  }
}
