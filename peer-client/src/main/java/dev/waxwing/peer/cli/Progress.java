package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Transfer;
import java.io.PrintStream;
import java.util.List;

/** Shows transfers on standard error: drawn four times a second on a terminal, else told. */
final class Progress implements AutoCloseable {
  private static final long FRAME = 250;

  private final Voice voice;
  private final ProgressFrame frame = new ProgressFrame();
  private final ProgressLines lines = new ProgressLines();
  private List<String> drawn = List.of();
  private long drawnAt = Long.MIN_VALUE / 2;

  Progress(Voice voice) {
    this.voice = voice;
  }

  /** Shows them as they are now, if it is time to. */
  void show(List<Transfer> transfers, long now) {
    if (!voice.tells()) {
      return;
    }
    if (!voice.draws()) {
      lines.at(transfers, now).forEach(line -> voice.say("%s", line));
      return;
    }
    if (now - drawnAt < FRAME - 50) {
      return;
    }
    drawnAt = now;
    int width = voice.columns();
    List<String> next = frame.at(transfers, width, now);
    StringBuilder out = new StringBuilder(back(width));
    next.forEach(line -> out.append(line).append('\n'));
    PrintStream canvas = voice.canvas();
    canvas.print(out);
    canvas.flush();
    drawn = next;
  }

  /** Takes away what is drawn, for a line that stays. */
  @Override
  public void close() {
    if (!drawn.isEmpty()) {
      voice.canvas().print(back(voice.columns()));
      voice.canvas().flush();
      drawn = List.of();
    }
  }

  /** Goes back over the last frame; lines longer than the screen now is have wrapped. */
  private String back(int width) {
    int rows = 0;
    for (String line : drawn) {
      rows += Math.max(1, (line.codePointCount(0, line.length()) + width - 1) / width);
    }
    return rows == 0 ? "" : "\u001b[" + rows + "F\u001b[J";
  }
}
