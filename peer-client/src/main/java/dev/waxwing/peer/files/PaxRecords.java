package dev.waxwing.peer.files;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The body of a pax extended header: {@code "length key=value\n"} one after another. */
final class PaxRecords {
  private PaxRecords() {}

  /**
   * The records, the last of a key counting.
   *
   * @throws dev.waxwing.wire.Fault ARCHIVE_INVALID
   */
  static Map<String, String> parse(byte[] body) {
    Map<String, String> records = new LinkedHashMap<>();
    int at = 0;
    while (at < body.length) {
      int space = at;
      while (space < body.length && body[space] >= '0' && body[space] <= '9' && space - at < 8) {
        space++;
      }
      if (space == at || space == body.length || body[space] != ' ') {
        throw TarHeader.invalid("an extended header is not made of records");
      }
      int length = Integer.parseInt(new String(body, at, space - at, StandardCharsets.US_ASCII));
      int end = at + length;
      if (end > body.length || end < space + 3 || body[end - 1] != '\n') {
        throw TarHeader.invalid("a record of an extended header has a wrong length");
      }
      String record = new String(body, space + 1, end - space - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals < 1) {
        throw TarHeader.invalid("a record of an extended header has no key");
      }
      records.put(record.substring(0, equals), record.substring(equals + 1));
      at = end;
    }
    return records;
  }

  /** A number of bytes. */
  static long number(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw TarHeader.invalid("a size that is no number");
    }
    throw TarHeader.invalid("a negative size");
  }
}
