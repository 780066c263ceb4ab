package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the network suites look for is found where it is. */
class DeliveryTest {
  private static final List<String> SAID = List.of("a", "b", "c");

  @TempDir Path folder;

  @Test
  void messagesHeardOnceInTheirOrderAreRight() {
    assertTrue(Delivery.of(SAID, SAID).right());
  }

  @Test
  void eachWrongIsCountedAsWhatItIs() {
    assertEquals(new Delivery(1, 0, 0, 0), Delivery.of(SAID, List.of("a", "c")));
    assertEquals(new Delivery(0, 1, 0, 0), Delivery.of(SAID, List.of("a", "b", "a", "c")));
    assertEquals(new Delivery(0, 0, 1, 0), Delivery.of(SAID, List.of("a", "c", "b")));
    assertEquals(new Delivery(0, 0, 0, 1), Delivery.of(SAID, List.of("a", "b", "x", "c")));
  }

  @Test
  void aWrongMakesItsRowWrong() {
    NetworkTally tally = new NetworkTally("planted");
    assertFalse(tally.right(), "nothing ran");
    tally.run();
    tally.troubled(true);
    assertTrue(tally.right() && tally.mostlyTroubled());
    tally.run();
    assertFalse(tally.mostlyTroubled());
    NetworkTally strict = new NetworkTally("planted", true);
    strict.run();
    assertFalse(strict.right(), "its trouble stayed away");
    tally.delivery(Delivery.of(SAID, List.of("a", "c", "c")), "here");
    assertFalse(tally.right());
    assertTrue(
        tally.toString().startsWith("| planted | 2 | 1 | 1 | 1 | 0 | 0 |"), tally.toString());
  }

  @Test
  void halfAFileUnderItsNameIsFound() throws Exception {
    Path whole = Files.write(folder.resolve("whole"), new byte[9]);
    Path target = folder.resolve("target");
    assertFalse(NetworkPair.isHalf(target, whole));
    Files.write(target, new byte[8]);
    assertTrue(NetworkPair.isHalf(target, whole));
    Files.write(target, new byte[9]);
    assertFalse(NetworkPair.isHalf(target, whole));
  }
}
