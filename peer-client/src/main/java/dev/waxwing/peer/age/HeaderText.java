package dev.waxwing.peer.age;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads the lines of a header as the ABNF of age.md has them: LF only, visible ASCII, one space
 * between arguments, unpadded canonical base64 wrapped at 64 columns. Every departure is
 * AGE_HEADER_INVALID.
 */
final class HeaderText {
  /** Longest header read: some 600 stanzas. */
  static final int LIMIT = 65_536;

  static final String VERSION = "age-encryption.org/v1";
  static final String MARK = "---";
  private static final String ANY_VERSION = "age-encryption.org/";
  private static final String ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
  private static final int COLUMNS = 64;

  private final ByteBuffer in;

  /** Reads from the position of {@code in}, which moves. */
  HeaderText(ByteBuffer in) {
    this.in = in;
  }

  /**
   * The version line.
   *
   * @throws Fault AGE_UNSUPPORTED when it is armor or of another version
   */
  void version() {
    String line = line();
    if (line.strip().equals(ARMOR)) {
      throw new Fault(FaultCode.AGE_UNSUPPORTED, "an armored age file");
    }
    if (!line.equals(VERSION)) {
      throw line.startsWith(ANY_VERSION) && line.chars().allMatch(c -> c > ' ' && c < 0x7f)
          ? new Fault(FaultCode.AGE_UNSUPPORTED, "an age file of another version")
          : invalid("it does not start with the version");
    }
  }

  /** Whether the next line is a stanza's first; if not, it must be the MAC. */
  boolean atStanza() {
    return in.remaining() >= 2 && in.get(in.position()) == '-' && in.get(in.position() + 1) == '>';
  }

  /** The next stanza. */
  Stanza stanza() {
    String line = line();
    if (!line.startsWith("-> ")) {
      throw invalid("a stanza does not start with an arrow");
    }
    List<String> arguments = List.of(line.substring(3).split(" ", -1));
    for (String argument : arguments) {
      if (argument.isEmpty() || !argument.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw invalid("a stanza has an argument that is empty or not visible ASCII");
      }
    }
    List<String> lines = new ArrayList<>();
    do {
      line = line();
      if (line.length() > COLUMNS) {
        throw invalid("a stanza has a line over 64 columns");
      }
      lines.add(line);
    } while (line.length() == COLUMNS);
    return new Stanza(arguments, base64(String.join("", lines)));
  }

  /** The MAC of 32 bytes in the last line. */
  Bytes mac() {
    String line = line();
    if (!line.startsWith(MARK + " ")) {
      throw invalid("a line is neither a stanza's nor the MAC's");
    }
    Bytes mac = base64(line.substring(MARK.length() + 1));
    if (mac.length() != 32) {
      throw invalid("the MAC is not 32 bytes");
    }
    return mac;
  }

  /** Decodes unpadded canonical base64. */
  static Bytes base64(String text) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().withoutPadding().encodeToString(decoded).equals(text)) {
        return Bytes.of(decoded);
      }
    } catch (IllegalArgumentException e) {
      throw invalid("a value is not base64");
    }
    throw invalid("a value is not canonical base64");
  }

  static Fault invalid(String why) {
    return new Fault(FaultCode.AGE_HEADER_INVALID, "the header of an age file is wrong: " + why);
  }

  private String line() {
    int start = in.position();
    while (in.hasRemaining()) {
      if (in.get() == '\n') {
        byte[] line = new byte[in.position() - 1 - start];
        in.get(start, line);
        return new String(line, StandardCharsets.ISO_8859_1);
      }
    }
    throw invalid("it has no end");
  }
}
