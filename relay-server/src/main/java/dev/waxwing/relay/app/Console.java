package dev.waxwing.relay.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.relay.net.Json;
import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import io.nayuki.qrcodegen.QrCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The terminal as commands see it: results go to standard output, everything else to standard
 * error, and whatever may come from strangers is escaped.
 *
 * @param out standard output
 * @param err standard error
 * @param environment variables
 * @param interactive whether a person is there to read and answer
 */
record Console(
    PrintStream out, PrintStream err, Map<String, String> environment, boolean interactive) {

  /** This process's own. */
  static Console system() {
    return new Console(
        utf8(FileDescriptor.out), utf8(FileDescriptor.err), System.getenv(), isTerminal());
  }

  /** UTF-8 whatever the locale says: QR codes are made of block characters. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** One line of the result. */
  void print(String line) {
    out.println(TerminalText.escape(line));
  }

  /** One line for the person beside it. */
  void note(String line) {
    err.println(TerminalText.escape(line));
  }

  /** The result as one JSON document. */
  void json(JsonNode result) {
    out.println(text(wrapped("result", result)));
  }

  /** A failure: what happened, why (the code), what to do. */
  void fail(Fault fault, boolean json) {
    if (json) {
      ObjectNode error =
          Json.object()
              .put("code", fault.code().name())
              .put("message", fault.what())
              .put("hint", fault.advice());
      err.println(text(wrapped("error", error)));
    } else {
      note("waxwing-relay: " + fault.what() + " (" + fault.code().name() + ")");
      note("  " + fault.advice());
    }
  }

  /** Shows {@code text} as a QR code of half blocks on standard error, dark on light. */
  void qr(String text) {
    // Upper case alone takes the compact alphanumeric mode.
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
    for (int y = -2; y < code.size + 2; y += 2) {
      StringBuilder row = new StringBuilder("\u001b[30;107m");
      for (int x = -2; x < code.size + 2; x++) {
        boolean top = code.getModule(x, y);
        boolean bottom = code.getModule(x, y + 1);
        row.append(top ? bottom ? '█' : '▀' : bottom ? '▄' : ' ');
      }
      err.println(row.append("\u001b[0m"));
    }
  }

  private static ObjectNode wrapped(String name, JsonNode value) {
    ObjectNode document = Json.object().put("v", 1);
    document.set(name, value);
    return document;
  }

  private static String text(JsonNode node) {
    try {
      return Json.MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can be written", e);
    }
  }

  private static boolean isTerminal() {
    java.io.@Nullable Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is a console without a terminal too, which this method tells apart.
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException olderJava) {
      return true;
    }
  }
}
