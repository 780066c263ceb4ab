package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.text.TerminalText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines that show transfers under way, for one width: name, direction, amount, rate, time left.
 * At most five transfers and a total. What does not fit is left out from the right; nothing wraps.
 */
final class ProgressFrame {
  /** Most transfers shown by name. */
  static final int MOST = 5;

  private static final int LONGEST_BAR = 24;

  private final Map<BlobId, Meter> meters = new HashMap<>();
  private final Meter all = new Meter();

  /** The lines for now. */
  List<String> at(List<Transfer> transfers, int width, long now) {
    long done = 0;
    long size = 0;
    for (Transfer transfer : transfers) {
      meters
          .computeIfAbsent(transfer.id(), id -> new Meter())
          .read(transfer.progress().done(), now);
      done += transfer.progress().done();
      size = size < 0 || transfer.progress().size() < 0 ? -1 : size + transfer.progress().size();
    }
    all.read(done, now);
    List<Transfer> shown = new ArrayList<>(transfers);
    if (transfers.size() > MOST) {
      // Those that move, then those that wait; what has ended is in the total.
      shown.removeIf(transfer -> transfer.state().ended());
      shown.sort((a, b) -> Boolean.compare(moves(b), moves(a)));
      shown = shown.subList(0, Math.min(MOST, shown.size()));
    }
    List<String> lines = new ArrayList<>();
    for (Transfer transfer : shown) {
      lines.add(line(transfer, width));
    }
    if (transfers.size() > 1) {
      long ended = transfers.stream().filter(t -> t.state().ended()).count();
      String name = ended + " of " + transfers.size();
      lines.add(fit(cells(name, "total", done, size, all), done, size, width));
    }
    return lines;
  }

  private static boolean moves(Transfer transfer) {
    return transfer.state() == TransferState.ACTIVE;
  }

  private String line(Transfer transfer, int width) {
    long done = transfer.progress().done();
    long size = transfer.progress().size();
    Meter meter = meters.getOrDefault(transfer.id(), all);
    String name = TerminalText.escape(transfer.name());
    if (!moves(transfer)) {
      String stage = Stage.of(transfer);
      return fit(
          List.of(name, Stage.people(transfer), Human.amount(done, size), stage, ""),
          done,
          size,
          width);
    }
    return fit(cells(name, Stage.people(transfer), done, size, meter), done, size, width);
  }

  private static List<String> cells(String name, String people, long done, long size, Meter meter) {
    long left = size < 0 ? -1 : meter.left(size - done);
    return List.of(
        name,
        people,
        Human.amount(done, size),
        meter.rate() < 1 ? "" : Human.rate(meter.rate()),
        left < 0 ? "" : Human.duration(left) + " left");
  }

  /** Name and amount always; then people, rate, time left and the bar, as there is room. */
  private static String fit(List<String> cells, long done, long size, int width) {
    int room = width - 1;
    String amount = cells.get(2);
    int nameRoom = Math.max(4, Math.min(28, room - amount.length() - 2));
    String name = shorten(cells.get(0), nameRoom);
    int used = length(name) + 2 + amount.length();
    boolean[] fits = new boolean[5];
    for (int i : new int[] {1, 3, 4}) {
      int cost = length(cells.get(i)) + 2;
      fits[i] = !cells.get(i).isEmpty() && used + cost <= room;
      used += fits[i] ? cost : 0;
    }
    int bar = size > 0 ? Math.min(LONGEST_BAR, room - used - 2) : 0;
    StringBuilder line = new StringBuilder(name);
    if (fits[1]) {
      line.append("  ").append(cells.get(1));
    }
    if (bar >= 6) {
      line.append("  ").append(bar(done, size, bar));
    }
    line.append("  ").append(amount);
    for (int i = 3; i < 5; i++) {
      if (fits[i]) {
        line.append("  ").append(cells.get(i));
      }
    }
    return shorten(line.toString(), Math.max(1, room));
  }

  private static String bar(long done, long size, int cells) {
    int full = (int) Math.min(cells, Math.max(0, cells * (double) done / size));
    return "█".repeat(full) + "·".repeat(cells - full);
  }

  /** The beginning and the end, where file names differ, with an ellipsis between. */
  static String shorten(String text, int most) {
    int[] points = text.codePoints().toArray();
    if (points.length <= most) {
      return text;
    }
    int tail = Math.max(0, (most - 1) / 2);
    int head = most - 1 - tail;
    return new String(points, 0, head) + "…" + new String(points, points.length - tail, tail);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
