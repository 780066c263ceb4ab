package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Message keys of messages that have not come yet, in the order they were kept. Immutable.
 *
 * @param entries oldest first
 */
public record SkippedKeys(List<Entry> entries) {
  /** No keys. */
  public static final SkippedKeys NONE = new SkippedKeys(List.of());

  /** Copies the list. */
  public SkippedKeys {
    entries = List.copyOf(entries);
  }

  /**
   * One kept key.
   *
   * @param ratchetKey the chain it belongs to
   * @param number the message's place in the chain
   * @param keptAt milliseconds since 1970
   * @param key the message key, 32 bytes
   */
  public record Entry(Bytes ratchetKey, int number, long keptAt, Secret key) {}

  /** How many. */
  public int size() {
    return entries.size();
  }

  Optional<Entry> find(Bytes ratchetKey, int number) {
    return entries.stream()
        .filter(entry -> entry.number() == number && entry.ratchetKey().equals(ratchetKey))
        .findFirst();
  }

  boolean knows(Bytes ratchetKey) {
    return entries.stream().anyMatch(entry -> entry.ratchetKey().equals(ratchetKey));
  }

  SkippedKeys with(List<Entry> more) {
    List<Entry> all = new ArrayList<>(entries);
    all.addAll(more);
    return new SkippedKeys(all);
  }

  SkippedKeys without(Entry used) {
    return new SkippedKeys(entries.stream().filter(entry -> !entry.equals(used)).toList());
  }

  /** Without those kept longer than {@link RatchetLimits#KEEP_SKIPPED}. */
  SkippedKeys expire(long now) {
    return keptAfter(now - RatchetLimits.KEEP_SKIPPED - 1);
  }

  /** Only those kept after {@code time}. */
  SkippedKeys keptAfter(long time) {
    return entries.stream().allMatch(entry -> entry.keptAt() > time)
        ? this
        : new SkippedKeys(entries.stream().filter(entry -> entry.keptAt() > time).toList());
  }
}
