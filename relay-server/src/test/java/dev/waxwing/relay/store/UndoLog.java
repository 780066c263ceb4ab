package dev.waxwing.relay.store;

import java.util.ArrayDeque;
import java.util.Deque;

/** What would undo the changes of a transaction, newest first. */
final class UndoLog {
  private final Deque<Runnable> undos = new ArrayDeque<>();
  private long changes;

  void add(Runnable undo) {
    undos.push(undo);
    changes++;
  }

  long changes() {
    return changes;
  }

  int size() {
    return undos.size();
  }

  void undoTo(int size) {
    while (undos.size() > size) {
      undos.pop().run();
    }
  }

  void forget() {
    undos.clear();
  }
}
