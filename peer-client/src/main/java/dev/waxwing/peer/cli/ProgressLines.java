package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.text.TerminalText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Progress where nothing can be redrawn: a line each 10 %, but not more than one a second, and each
 * 10 s.
 */
final class ProgressLines {
  private static final long LEAST = 1000;
  private static final long MOST = 10_000;

  private final Map<BlobId, Last> last = new HashMap<>();

  /** The lines due now. */
  List<String> at(List<Transfer> transfers, long now) {
    List<String> lines = new ArrayList<>();
    for (Transfer transfer : transfers) {
      long done = transfer.progress().done();
      long size = transfer.progress().size();
      Last before = last.computeIfAbsent(transfer.id(), id -> new Last(now, step(done, size)));
      before.meter.read(done, now);
      long since = now - before.at;
      boolean further = step(done, size) > before.step;
      if (transfer.state().ended() || !(further && since >= LEAST || since >= MOST)) {
        continue;
      }
      before.at = now;
      before.step = step(done, size);
      StringBuilder line = new StringBuilder(TerminalText.escape(transfer.name()));
      line.append(' ').append(Stage.people(transfer)).append(": ").append(Stage.of(transfer));
      if (size > 0) {
        line.append(", ").append((long) (100.0 * done / size)).append(" %");
      }
      line.append(" (").append(Human.amount(done, size)).append(')');
      if (before.meter.rate() >= 1) {
        line.append(", ").append(Human.rate(before.meter.rate()));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private static long step(long done, long size) {
    return size <= 0 ? 0 : (long) (10.0 * done / size);
  }

  /** What was last said of a transfer. */
  private static final class Last {
    private final Meter meter = new Meter();
    private long at;
    private long step;

    private Last(long at, long step) {
      this.at = at;
      this.step = step;
    }
  }
}
