package dev.waxwing.crash;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What one person said to another, and what came of it: the checker of every suite here. Numbers go
 * up as they are asked for. Thread-safe.
 *
 * <ul>
 *   <li>asked: the program was told to send it; a crash may have come first
 *   <li>stored: the sender's library returned, so it is on the sender's disk
 *   <li>accepted: the sender's library said that it is on the relay's
 *   <li>come: it stands in the receiver's history
 * </ul>
 */
final class Ledger {
  private final String from;
  private final BitSet stored = new BitSet();
  private final BitSet accepted = new BitSet();
  private final BitSet come = new BitSet();
  private final Set<String> lines = new HashSet<>();
  private int asked;
  private int last = -1;
  private long twice;
  private long reordered;
  private long invented;

  Ledger(String from) {
    this.from = from;
  }

  /** A line of the receiver's history: its message's ID, and the text. */
  record Line(String id, String text) {}

  /** The next text to be sent. */
  synchronized String ask() {
    return Numbered.text(from, asked++);
  }

  synchronized void stored(String text) {
    own(text).ifPresent(stored::set);
  }

  synchronized void accepted(String text) {
    own(text).ifPresent(accepted::set);
  }

  private OptionalInt own(String text) {
    return Numbered.number(from, text);
  }

  /** Whether all that was stored or accepted is among these lines or came before. */
  synchronized boolean complete(List<Line> history) {
    BitSet missing = (BitSet) stored.clone();
    missing.or(accepted);
    missing.andNot(come);
    history.forEach(line -> own(line.text()).ifPresent(missing::clear));
    return missing.isEmpty();
  }

  /** Takes lines of the receiver's history in its order; those taken before are passed over. */
  synchronized void came(List<Line> history) {
    for (Line line : history) {
      if (lines.add(line.id())) {
        came(line.text());
      }
    }
  }

  private void came(String text) {
    int n = own(text).orElse(Integer.MAX_VALUE);
    if (n >= asked) {
      invented++;
      return;
    }
    if (come.get(n)) {
      twice++;
    } else if (n < last) {
      reordered++;
    }
    come.set(n);
    last = Math.max(last, n);
  }

  /** What was lost is known and counts no more; for what comes after a planted fault. */
  synchronized void forgive() {
    BitSet gone = (BitSet) accepted.clone();
    gone.or(stored);
    gone.andNot(come);
    accepted.andNot(gone);
    stored.andNot(gone);
  }

  /** Accepted so far. */
  synchronized int accepted() {
    return accepted.cardinality();
  }

  /** Stored by the sender, of which nobody knows yet whether the relay has it. */
  synchronized int underWay() {
    BitSet open = (BitSet) stored.clone();
    open.andNot(accepted);
    return open.cardinality();
  }

  /** The sums, once nothing is under way any more. */
  synchronized Tally tally() {
    BitSet lost = (BitSet) accepted.clone();
    lost.andNot(come);
    BitSet stuck = (BitSet) stored.clone();
    stuck.andNot(come);
    stuck.andNot(accepted);
    return new Tally(
        asked,
        accepted.cardinality(),
        come.cardinality(),
        new Tally.Broken(lost.cardinality(), stuck.cardinality(), twice, reordered, invented));
  }
}
