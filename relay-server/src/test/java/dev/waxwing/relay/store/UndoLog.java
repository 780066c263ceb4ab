package dev.waxwing.relay.store;

import java.util.ArrayDeque;
import java.util.Deque;

/** What would undo the changes of a transaction, newest first. */
final class UndoLog {
  private final Deque<Runnable> undos = new ArrayDeque<>();

  /** What would undo every transaction since {@link #keep}, newest first. */
  private final Deque<Runnable> kept = new ArrayDeque<>();

  private boolean keeping;
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
    if (keeping) {
      undos.descendingIterator().forEachRemaining(kept::push);
    }
    undos.clear();
  }

  /** From here on {@link #undoKept} leads back to now. */
  void keep() {
    forget();
    kept.clear();
    keeping = true;
  }

  void undoKept() {
    undoTo(0);
    while (!kept.isEmpty()) {
      kept.pop().run();
    }
    undos.clear();
  }
}
