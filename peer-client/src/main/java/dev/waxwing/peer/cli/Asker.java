package dev.waxwing.peer.cli;

import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Questions to the person at the terminal; where there is none, the flag that answers is named. */
final class Asker {
  private static final int LONGEST = 64 * 1024;

  private final Streams streams;
  private final Globals globals;

  Asker(Streams streams, Globals globals) {
    this.streams = streams;
    this.globals = globals;
  }

  /** Whether anybody can be asked. */
  boolean possible() {
    return streams.tty().in() && streams.tty().err() && !globals.noInput && !globals.json;
  }

  /**
   * Asks for a line.
   *
   * @param suggestion taken for an empty answer
   * @param flag what answers instead
   * @throws Fault INPUT_NEEDED when nobody can be asked or nothing is answered
   */
  String line(String question, @Nullable String suggestion, String flag) {
    requirePossible(question, flag);
    prompt(question + (suggestion == null ? ": " : " [" + suggestion + "]: "));
    String answer = read().strip();
    if (!answer.isEmpty()) {
      return answer;
    }
    if (suggestion == null) {
      throw needed(question, flag);
    }
    return suggestion;
  }

  /**
   * Asks yes or no; {@code --yes} is yes, anything but a clear yes is no.
   *
   * @throws Fault INPUT_NEEDED when nobody can be asked
   */
  boolean confirm(String question, String flag) {
    if (globals.yes) {
      return true;
    }
    requirePossible(question, flag);
    prompt(question + " [y/N]: ");
    String answer = read().strip().toLowerCase(Locale.ROOT);
    return answer.equals("y") || answer.equals("yes");
  }

  /** Asks for a secret, which is not shown. */
  String secret(String question, String flag) {
    requirePossible(question, flag);
    return streams.tty().secret(TerminalText.escape(question) + ": ");
  }

  private void requirePossible(String question, String flag) {
    if (!possible()) {
      throw needed(question, flag);
    }
  }

  private static Fault needed(String question, String flag) {
    return new Fault(
        FaultCode.INPUT_NEEDED, "an answer is needed: " + question, "give it with " + flag);
  }

  private void prompt(String text) {
    streams.err().print(TerminalText.escape(text));
    streams.err().flush();
  }

  /** Byte by byte, so that nothing behind the line is taken from whoever reads next. */
  private String read() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int b = streams.in().read();
          b >= 0 && b != '\n' && line.size() < LONGEST;
          b = streams.in().read()) {
        line.write(b);
      }
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "standard input cannot be read", e);
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
