package dev.waxwing.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker sees each kind of broken promise, and none where all were kept. */
class LedgerTest {
  private static final Tally.Broken NOTHING = new Tally.Broken(0, 0, 0, 0, 0);

  private final Ledger ledger = new Ledger("alice");
  private final List<String> texts = new ArrayList<>();

  /** Ten asked for and stored, the first eight accepted. */
  private List<Ledger.Line> said() {
    for (int i = 0; i < 10; i++) {
      String text = ledger.ask();
      texts.add(text);
      ledger.stored(text);
      if (i < 8) {
        ledger.accepted(text);
      }
    }
    List<Ledger.Line> lines = new ArrayList<>();
    texts.forEach(text -> lines.add(new Ledger.Line("id of " + text, text)));
    return lines;
  }

  private Tally.Broken broken(List<Ledger.Line> history) {
    ledger.came(history);
    return ledger.tally().broken();
  }

  @Test
  void keptPromisesAreNotBroken() {
    List<Ledger.Line> history = said();
    assertFalse(ledger.complete(history.subList(0, 9)));
    assertTrue(ledger.complete(history));
    ledger.came(history.subList(0, 6));
    assertEquals(NOTHING, broken(history));
    assertEquals(new Tally(10, 8, 10, NOTHING), ledger.tally());
  }

  @Test
  void anAcceptedOneThatNeverCameIsLost() {
    List<Ledger.Line> history = said();
    history.remove(7);
    assertEquals(new Tally.Broken(1, 0, 0, 0, 0), broken(history));
  }

  @Test
  void aStoredOneThatNeverCameIsStuck() {
    List<Ledger.Line> history = said();
    history.remove(8);
    assertEquals(new Tally.Broken(0, 1, 0, 0, 0), broken(history));
  }

  @Test
  void oneThatWasOnlyAskedForMayStayAway() {
    List<Ledger.Line> history = said();
    ledger.ask();
    assertTrue(ledger.complete(history));
    assertEquals(NOTHING, broken(history));
  }

  @Test
  void theSameTextUnderAnotherIdCameTwice() {
    List<Ledger.Line> history = said();
    history.add(new Ledger.Line("another", texts.get(9)));
    assertEquals(new Tally.Broken(0, 0, 1, 0, 0), broken(history));
  }

  @Test
  void oneThatComesAfterALaterOneIsReordered() {
    List<Ledger.Line> history = said();
    history.add(4, history.remove(3));
    assertEquals(new Tally.Broken(0, 0, 0, 1, 0), broken(history));
  }

  @Test
  void whatNobodyWroteIsInvented() {
    List<Ledger.Line> history = said();
    history.add(new Ledger.Line("a", Numbered.text("alice", 10)));
    history.add(new Ledger.Line("b", Numbered.text("bob", 1)));
    history.add(new Ledger.Line("c", texts.get(3) + "0"));
    assertEquals(new Tally.Broken(0, 0, 0, 0, 3), broken(history));
  }
}
