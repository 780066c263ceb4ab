package dev.waxwing.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The binary form of everything that is signed or authenticated: fields one after another, each as
 * {@code u32be length ‖ bytes}. Read back strictly: no field too many, none cut short.
 */
public final class Fields {
  private Fields() {}

  /** Writes fields; one thread. */
  public static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Appends bytes. */
    public Writer bytes(byte[] field) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
      out.writeBytes(field);
      return this;
    }

    /** Appends bytes. */
    public Writer bytes(Bytes field) {
      return bytes(field.toArray());
    }

    /**
     * Appends UTF-8 text.
     *
     * @throws IllegalArgumentException when it is not Unicode (half a surrogate pair): it would be
     *     signed as something else
     */
    public Writer text(String field) {
      try {
        ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(field));
        return bytes(Arrays.copyOf(utf8.array(), utf8.limit()));
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException("text that is not Unicode", e);
      }
    }

    /**
     * Appends a number as 8 bytes, big-endian.
     *
     * @throws IllegalArgumentException when it is negative, which no reader takes
     */
    public Writer number(long field) {
      if (field < 0) {
        throw new IllegalArgumentException("a negative number");
      }
      return bytes(ByteBuffer.allocate(8).putLong(field).array());
    }

    /** Everything appended so far. */
    public byte[] toArray() {
      return out.toByteArray();
    }
  }

  /** Reads fields in the order they were written; every failure is one code. One thread. */
  public static final class Reader {
    private final ByteBuffer in;
    private final FaultCode onDamage;

    /** Reads {@code encoded}; any damage ends in a {@link Fault} with {@code onDamage}. */
    public Reader(byte[] encoded, FaultCode onDamage) {
      this.in = ByteBuffer.wrap(encoded);
      this.onDamage = onDamage;
    }

    /** The next field, at most {@code limit} bytes. */
    public Bytes bytes(int limit) {
      if (in.remaining() < 4) {
        throw damage();
      }
      int length = in.getInt();
      if (length < 0 || length > limit || length > in.remaining()) {
        throw damage();
      }
      byte[] field = new byte[length];
      in.get(field);
      return Bytes.of(field);
    }

    /** The next field, exactly {@code length} bytes. */
    public Bytes exactly(int length) {
      Bytes field = bytes(length);
      if (field.length() != length) {
        throw damage();
      }
      return field;
    }

    /** The next field as well-formed UTF-8 of at most {@code limit} bytes. */
    public String text(int limit) {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes(limit).toArray()))
            .toString();
      } catch (CharacterCodingException e) {
        throw damage();
      }
    }

    /** The next field as a number, never negative. */
    public long number() {
      long number = ByteBuffer.wrap(exactly(8).toArray()).getLong();
      if (number < 0) {
        throw damage();
      }
      return number;
    }

    /** The next field as a count of at most {@code limit}. */
    public int count(int limit) {
      long count = number();
      if (count > limit) {
        throw damage();
      }
      return (int) count;
    }

    /** Checks that nothing is left. */
    public void end() {
      if (in.hasRemaining()) {
        throw damage();
      }
    }

    private Fault damage() {
      return new Fault(onDamage, "an encoded record is damaged");
    }
  }
}
