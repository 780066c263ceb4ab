package dev.waxwing.relay.store;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A sorted map of immutable values whose changes are noted in a journal, so that they can be
 * undone.
 */
final class UndoMap<K, V> {
  private final TreeMap<K, V> map = new TreeMap<>();
  private final UndoLog log;

  UndoMap(UndoLog log) {
    this.log = log;
  }

  NavigableMap<K, V> view() {
    return Collections.unmodifiableNavigableMap(map);
  }

  V get(K key) {
    return map.get(key);
  }

  void put(K key, V value) {
    note(key, map.put(key, value));
  }

  boolean remove(K key) {
    if (!map.containsKey(key)) {
      return false;
    }
    note(key, map.remove(key));
    return true;
  }

  private void note(K key, V before) {
    log.add(
        () -> {
          if (before == null) {
            map.remove(key);
          } else {
            map.put(key, before);
          }
        });
  }
}
