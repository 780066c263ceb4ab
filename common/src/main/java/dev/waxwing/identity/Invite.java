package dev.waxwing.identity;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One string that replaces address, port, password and certificate: where the relay is, who it is,
 * and a token that lets one or a few people register. Written as {@code WAXWING-} and Crockford
 * base32 in groups, case-insensitive, with a checksum that finds mistyped characters.
 *
 * @param addresses {@code host:port}, tried in order, 1 to 8
 * @param relay the relay's Ed25519 identity key, 32 bytes
 * @param binding how a connection is tied to the relay
 * @param token 20 random bytes; empty where registration is open
 */
public record Invite(List<String> addresses, Bytes relay, Binding binding, Bytes token) {
  /** Length of a token in bytes. */
  public static final int TOKEN = 20;

  private static final String PREFIX = "WAXWING-";
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int VERSION = 1;
  private static final int CHECKSUM = 4;
  private static final int LONGEST = 2048;

  /** How a connection is tied to the relay's identity. */
  public enum Binding {
    /** By the hash of the public key in the certificate the relay itself serves. */
    CERTIFICATE,
    /** By the public host name, where a proxy ends TLS with a certificate of the web's authorities. */
    HOST_NAME
  }

  /** Checks counts and lengths. */
  public Invite {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()
        || addresses.size() > 8
        || relay.length() != 32
        || (token.length() != 0 && token.length() != TOKEN)) {
      throw new Fault(FaultCode.INVITE_MALFORMED, "an invite with impossible fields");
    }
  }

  /** The invite as one word without spaces, fit for an argument, a chat line or a QR code. */
  public String toText() {
    Fields.Writer out =
        new Fields.Writer().number(VERSION).number(binding.ordinal()).number(addresses.size());
    addresses.forEach(out::text);
    byte[] content = compact(out.bytes(relay).bytes(token).toArray());
    byte[] whole = Arrays.copyOf(content, content.length + CHECKSUM);
    System.arraycopy(checksum(content), 0, whole, content.length, CHECKSUM);
    return PREFIX + base32(whole);
  }

  /**
   * Reads an invite as people paste it: any case, spaces, dashes and line ends ignored, O read as 0
   * and I or L as 1.
   *
   * @throws Fault INVITE_MALFORMED
   */
  public static Invite parse(String text) {
    if (text.length() > LONGEST) {
      throw malformed("that is too long to be an invite");
    }
    String word = text.strip().toUpperCase(Locale.ROOT).replaceAll("[\\s-]", "");
    String prefix = PREFIX.replace("-", "");
    if (!word.startsWith(prefix)) {
      throw malformed("an invite starts with " + PREFIX);
    }
    byte[] whole = fromBase32(word.substring(prefix.length()));
    if (whole.length <= CHECKSUM) {
      throw malformed("the invite is cut short");
    }
    byte[] content = Arrays.copyOf(whole, whole.length - CHECKSUM);
    if (!MessageDigest.isEqual(
        checksum(content), Arrays.copyOfRange(whole, content.length, whole.length))) {
      throw malformed("the invite's check characters do not fit");
    }
    Fields.Reader in = new Fields.Reader(expand(content), FaultCode.INVITE_MALFORMED);
    if (in.number() != VERSION) {
      throw new Fault(FaultCode.VERSION_UNKNOWN, "an invite of a newer form");
    }
    Binding binding = Binding.values()[in.count(Binding.values().length - 1)];
    int count = in.count(8);
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add(in.text(255));
    }
    Invite invite = new Invite(addresses, in.exactly(32), binding, in.bytes(TOKEN));
    in.end();
    return invite;
  }

  /** Shows where it leads but not the token. */
  @Override
  public String toString() {
    return "Invite[" + addresses + ", relay " + relay + "]";
  }

  private static Fault malformed(String what) {
    return new Fault(FaultCode.INVITE_MALFORMED, what);
  }

  private static byte[] checksum(byte[] content) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(content), CHECKSUM);
    } catch (NoSuchAlgorithmException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "this Java has no SHA-256", e);
    }
  }

  /** Drops the leading zeros of the length and number fields: lengths fit in a byte here. */
  private static byte[] compact(byte[] fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < fields.length; ) {
      int length = java.nio.ByteBuffer.wrap(fields, at, 4).getInt();
      byte[] field = Arrays.copyOfRange(fields, at + 4, at + 4 + length);
      int zeros = 0;
      while (length == 8 && zeros < 7 && field[zeros] == 0) {
        zeros++;
      }
      boolean number = length == 8 && zeros == 7;
      out.write(number ? 255 : length);
      out.write(field, number ? 7 : 0, number ? 1 : length);
      at += 4 + length;
    }
    return out.toByteArray();
  }

  private static byte[] expand(byte[] compact) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < compact.length; ) {
      int length = compact[at++] & 0xff;
      boolean number = length == 255;
      int size = number ? 1 : length;
      if (at + size > compact.length) {
        throw malformed("the invite is cut short");
      }
      int full = number ? 8 : length;
      out.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(full).array());
      out.writeBytes(new byte[full - size]);
      out.write(compact, at, size);
      at += size;
    }
    return out.toByteArray();
  }

  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = buffer << 8 | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(buffer >>> bits & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt(buffer << (5 - bits) & 31));
    }
    return text.toString();
  }

  private static byte[] fromBase32(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int buffer = 0;
    int bits = 0;
    for (char c : text.toCharArray()) {
      int digit = ALPHABET.indexOf(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
      if (digit < 0) {
        throw malformed("the invite has a character that cannot be in one");
      }
      buffer = buffer << 5 | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        out.write(buffer >>> bits);
        buffer &= (1 << bits) - 1;
      }
    }
    if (buffer != 0 || bits >= 5) {
      throw malformed("the invite is cut short");
    }
    return out.toByteArray();
  }
}
