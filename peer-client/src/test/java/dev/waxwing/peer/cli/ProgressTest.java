package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static Transfer transfer(int number, String name, TransferState state, long done) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    return new Transfer(
        new BlobId(Bytes.of(id)),
        Transfer.Direction.SENDING,
        state,
        name,
        Transfer.Kind.FILE,
        new Transfer.Progress(28_000_000, done, 0),
        List.of(new Transfer.Party(new UserId("ali"), TransferState.WAITING)),
        null,
        0,
        null);
  }

  @Test
  void aLineHasNameDirectionAmountRateAndTimeLeft() {
    ProgressFrame frame = new ProgressFrame();
    frame.at(List.of(transfer(1, "photo.jpg", TransferState.ACTIVE, 0)), 100, 0);
    List<String> lines =
        frame.at(List.of(transfer(1, "photo.jpg", TransferState.ACTIVE, 14_000_000)), 100, 2000);
    assertEquals(
        List.of("photo.jpg  → ali  ████████████············  14.0 / 28.0 MB  7.0 MB/s  2 s left"),
        lines);
  }

  @Test
  void noLineIsAsWideAsTheScreenWhateverItsWidth() {
    for (int width = 20; width < 160; width++) {
      ProgressFrame frame = new ProgressFrame();
      List<Transfer> transfers = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        transfers.add(
            transfer(i, "a name that is quite long ".repeat(i), TransferState.ACTIVE, 1_000_000));
      }
      frame.at(transfers, width, 0);
      for (String line : frame.at(transfers, width, 250)) {
        assertTrue(line.codePointCount(0, line.length()) < width, line);
      }
    }
  }

  @Test
  void ofManyAtMostFiveAreShownThoseThatMoveFirstAndATotal() {
    List<Transfer> transfers = new ArrayList<>();
    transfers.add(transfer(1, "ended", TransferState.DONE, 28_000_000));
    transfers.add(transfer(2, "waits", TransferState.WAITING, 0));
    for (int i = 3; i < 9; i++) {
      transfers.add(transfer(i, "moves" + i, TransferState.ACTIVE, 100));
    }
    List<String> lines = new ProgressFrame().at(transfers, 80, 0);
    assertEquals(6, lines.size());
    assertTrue(lines.subList(0, 5).stream().allMatch(line -> line.startsWith("moves")));
    assertTrue(lines.get(5).startsWith("1 of 8  total"), lines.get(5));
  }

  @Test
  void aHostileNameDoesNothingToTheLine() {
    String name = "\u001b[2Jx\u202e\u009bgpj.exe\r";
    String line =
        new ProgressFrame().at(List.of(transfer(1, name, TransferState.ACTIVE, 1)), 80, 0).get(0);
    assertFalse(HostileTextTest.acts(line), line);
    String told =
        new ProgressLines().at(List.of(transfer(1, name, TransferState.ACTIVE, 1)), 0).toString();
    assertFalse(HostileTextTest.acts(told), told);
  }

  @Test
  void aLongNameKeepsItsBeginningAndItsEnd() {
    assertEquals("ab…yz", ProgressFrame.shorten("abcdefuvwxyz", 5));
    assertEquals("abc", ProgressFrame.shorten("abc", 3));
    assertEquals("…", ProgressFrame.shorten("abc", 1));
  }

  @Test
  void withoutATerminalThereIsALineEachTenPercentButNotEachMoment() {
    ProgressLines lines = new ProgressLines();
    int told = 0;
    for (int i = 0; i <= 100; i++) {
      Transfer now = transfer(1, "f", TransferState.ACTIVE, i * 280_000L);
      told += lines.at(List.of(now), i * 200L).size();
    }
    assertEquals(10, told, "20 s for 100 %: each tenth takes 2 s");
    ProgressLines quick = new ProgressLines();
    told = 0;
    for (int i = 0; i <= 100; i++) {
      Transfer now = transfer(1, "f", TransferState.ACTIVE, i * 280_000L);
      told += quick.at(List.of(now), i * 5L).size();
    }
    assertEquals(0, told, "half a second needs no line");
    ProgressLines slow = new ProgressLines();
    told = 0;
    for (int i = 0; i <= 60; i++) {
      Transfer now = transfer(1, "f", TransferState.ACTIVE, i * 1000L);
      told += slow.at(List.of(now), i * 1000L).size();
    }
    assertEquals(6, told, "a minute within one tenth: each ten seconds");
  }

  @Test
  void theRateFollowsCalmly() {
    Meter meter = new Meter();
    for (int i = 0; i <= 40; i++) {
      meter.read(i * 250_000L, i * 250L);
    }
    assertEquals(1_000_000, meter.rate(), 1);
    meter.read(40 * 250_000L, 41 * 250L);
    assertTrue(meter.rate() > 900_000, "one empty moment does not stop it: " + meter.rate());
    assertEquals(-1, new Meter().left(5));
    assertEquals(-1, meter.left(-1));
  }
}
