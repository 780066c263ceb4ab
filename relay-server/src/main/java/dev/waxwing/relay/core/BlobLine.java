package dev.waxwing.relay.core;

import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.BlobSurroundings.Wait;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The uploads that wait for room. For the memory that all share there is a line of owners, not of
 * blobs, so that many blobs of one owner are one turn; who lacks room of their own is not in it.
 */
final class BlobLine {
  private final Set<BlobFlow> waiting = new LinkedHashSet<>();
  private final Map<UserId, Set<BlobFlow>> owners = new LinkedHashMap<>();

  /** Says what a flow waits for; whoever waits no more has had their owner's turn. */
  void put(BlobFlow flow, Wait wait) {
    if (wait == Wait.NONE) {
      waiting.remove(flow);
    } else {
      waiting.add(flow);
    }
    UserId owner = flow.owner.user();
    if (wait == Wait.SHARED_MEMORY) {
      owners.computeIfAbsent(owner, any -> new LinkedHashSet<>()).add(flow);
      return;
    }
    Set<BlobFlow> flows = owners.get(owner);
    if (flows != null && flows.remove(flow)) {
      owners.remove(owner);
      if (!flows.isEmpty()) {
        owners.put(owner, flows);
      }
    }
  }

  /** Whose turn it is; null when nobody waits for memory alone. */
  @Nullable BlobFlow first() {
    return owners.isEmpty() ? null : owners.values().iterator().next().iterator().next();
  }

  /** Everybody who waits for any room, in the order they came. */
  List<BlobFlow> all() {
    return List.copyOf(waiting);
  }
}
