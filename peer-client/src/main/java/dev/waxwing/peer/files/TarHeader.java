package dev.waxwing.peer.files;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A header block of tar (POSIX.1-2017, pax, "ustar Interchange Format"), and what stands before it
 * when a name or size does not fit.
 *
 * @param name as it stands in the block, prefix included
 * @param type the type flag
 * @param mode permission bits
 * @param size of the data in bytes
 * @param modified seconds since 1970
 */
record TarHeader(String name, char type, int mode, long size, long modified) {
  /** Everything in a tar is a multiple of this. */
  static final int BLOCK = 512;

  static final char FILE = '0';
  static final char DIRECTORY = '5';
  static final char PAX = 'x';

  private static final int NAME = 100;
  private static final int CHECKSUM = 148;
  private static final int PREFIX = 345;
  private static final long LARGEST_OCTAL = (1L << 33) - 1;

  /** The header blocks of an entry: the same bytes for the same entry. */
  static byte[] of(Listing.Entry entry) {
    boolean directory = entry.kind() == Listing.Kind.DIRECTORY;
    boolean executable = directory || entry.kind() == Listing.Kind.EXECUTABLE;
    byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
    long size = entry.stamp().size();
    long modified = Math.max(0, Math.floorDiv(entry.stamp().modified(), 1_000_000_000L));
    TarHeader header =
        new TarHeader(
            plain(entry.name()),
            directory ? DIRECTORY : FILE,
            executable ? 0755 : 0644,
            size > LARGEST_OCTAL ? 0 : size,
            Math.min(modified, LARGEST_OCTAL));
    String records =
        (header.name.equals(entry.name()) ? "" : paxRecord("path", entry.name(), name.length))
            + (header.size == size ? "" : paxRecord("size", Long.toString(size), 0));
    if (records.isEmpty()) {
      return header.block();
    }
    byte[] body = records.getBytes(StandardCharsets.UTF_8);
    byte[] pax = new TarHeader("PaxHeaders/entry", PAX, 0644, body.length, 0).block();
    byte[] all = Arrays.copyOf(pax, BLOCK + padded(body.length) + BLOCK);
    System.arraycopy(body, 0, all, BLOCK, body.length);
    System.arraycopy(header.block(), 0, all, all.length - BLOCK, BLOCK);
    return all;
  }

  /**
   * Reads a block; ustar, GNU and the older form without magic.
   *
   * @throws Fault ARCHIVE_INVALID when the checksum or a number is wrong
   */
  static TarHeader parse(byte[] block) {
    long sum = number(block, CHECKSUM, 8);
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    if (sum != unsigned && sum != signed) {
      throw invalid("a header's checksum is wrong");
    }
    String name = text(block, 0, NAME);
    // "ustar\0" is POSIX; GNU's "ustar " keeps other things where the prefix would be.
    boolean posix = text(block, 257, 6).equals("ustar") && block[262] == 0;
    String prefix = posix ? text(block, PREFIX, 155) : "";
    long size = number(block, 124, 12);
    if (size < 0) {
      throw invalid("a negative size");
    }
    return new TarHeader(
        prefix.isEmpty() ? name : prefix + "/" + name,
        block[156] == 0 ? FILE : (char) (block[156] & 0xff),
        (int) number(block, 100, 8),
        size,
        number(block, 136, 12));
  }

  /** Rounded up to whole blocks. */
  static int padded(int length) {
    return (length + BLOCK - 1) / BLOCK * BLOCK;
  }

  static Fault invalid(String why) {
    return new Fault(FaultCode.ARCHIVE_INVALID, "the folder that came is damaged: " + why);
  }

  private byte[] block() {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, String.format("%07o", mode));
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, String.format("%011o", size));
    put(block, 136, String.format("%011o", modified));
    put(block, CHECKSUM, "        ");
    block[156] = (byte) type;
    put(block, 257, "ustar\00000");
    put(block, 329, "0000000");
    put(block, 337, "0000000");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, CHECKSUM, String.format("%06o\0 ", sum));
    return block;
  }

  /** The name where it fits and is ASCII; else a stand-in for readers that know no pax. */
  private static String plain(String name) {
    boolean ascii = name.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    if (ascii && name.length() <= NAME) {
      return name;
    }
    String safe = name.replaceAll("[^\\x20-\\x7e]", "_");
    String tail = name.endsWith("/") ? "/" : "";
    return safe.substring(0, Math.min(safe.length() - tail.length(), NAME - 1)) + tail;
  }

  /** {@code "length key=value\n"}, where the length counts itself. */
  private static String paxRecord(String key, String value, int valueBytes) {
    int rest = key.length() + Math.max(value.length(), valueBytes) + 3;
    int length = rest + String.valueOf(rest).length();
    length = rest + String.valueOf(length).length();
    return length + " " + key + "=" + value + "\n";
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  private static String text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.UTF_8);
  }

  /** Octal, or GNU's binary form when the highest bit is set. */
  private static long number(byte[] block, int at, int length) {
    if (block[at] < 0) {
      long value = (block[at] & 0x40) == 0 ? block[at] & 0x3f : block[at];
      for (int i = 1; i < length; i++) {
        if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
          throw invalid("a number too large");
        }
        value = value << 8 | block[at + i] & 0xff;
      }
      return value;
    }
    String digits = text(block, at, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw invalid("a number that is none");
    }
  }
}
