package dev.waxwing.peer.store;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fields;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Packs the sealed columns of a row and reads them back, over {@link Fields}. */
final class Columns {
  /** No column is longer. */
  static final int LIMIT = Integer.MAX_VALUE;

  private Columns() {}

  /** The AAD of a row: its table and its clear columns. */
  static byte[] aad(String table, @Nullable Object... clear) {
    Fields.Writer out = new Fields.Writer().text(table);
    for (@Nullable Object column : clear) {
      if (column instanceof byte[] bytes) {
        out.bytes(bytes);
      } else if (column instanceof Long number) {
        signed(out, number);
      } else {
        // A damaged page can show null where the schema has none.
        out.text(String.valueOf(column));
      }
    }
    return out.toArray();
  }

  /** Any number; the one of {@link Fields} is never negative. */
  static void signed(Fields.Writer out, long number) {
    out.bytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  static long signed(Fields.Reader in) {
    return ByteBuffer.wrap(in.exactly(Long.BYTES).toArray()).getLong();
  }

  static void optional(Fields.Writer out, @Nullable Bytes value) {
    out.number(value == null ? 0 : 1);
    if (value != null) {
      out.bytes(value);
    }
  }

  static @Nullable Bytes optional(Fields.Reader in) {
    return in.count(1) == 0 ? null : in.bytes(LIMIT);
  }

  static @Nullable Bytes utf8(@Nullable String text) {
    return text == null ? null : Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static @Nullable String text(@Nullable Bytes utf8) {
    return utf8 == null ? null : new String(utf8.toArray(), StandardCharsets.UTF_8);
  }
}
