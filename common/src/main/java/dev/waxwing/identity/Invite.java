package dev.waxwing.identity;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

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

  /** A host, an IPv4 or a bracketed IPv6 address, and a port: nothing a terminal could obey. */
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[\\p{Alnum}._-]+):[0-9]{1,5}");

  /** How a connection is tied to the relay's identity. */
  public enum Binding {
    /** By the hash of the public key in the certificate the relay itself serves. */
    CERTIFICATE,
    /**
     * By the public host name, where a proxy ends TLS with a certificate of the web's authorities.
     */
    HOST_NAME
  }

  /** Checks counts and lengths. */
  public Invite {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()
        || addresses.size() > 8
        || relay.length() != 32
        || addresses.stream().anyMatch(text -> !ADDRESS.matcher(text).matches())
        || addresses.stream().anyMatch(text -> text.length() > 255)
        || (token.length() != 0 && token.length() != TOKEN)) {
      throw new Fault(FaultCode.INVITE_MALFORMED, "an invite with impossible fields");
    }
  }

  /** The invite as one word without spaces, fit for an argument, a chat line or a QR code. */
  public String toText() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(VERSION);
    out.write(binding.ordinal());
    out.write(addresses.size());
    for (String address : addresses) {
      byte[] text = address.getBytes(StandardCharsets.UTF_8);
      out.write(text.length);
      out.writeBytes(text);
    }
    out.writeBytes(relay.toArray());
    out.writeBytes(token.toArray());
    byte[] content = out.toByteArray();
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
    ByteBuffer in = ByteBuffer.wrap(content);
    try {
      if (in.get() != VERSION) {
        throw new Fault(FaultCode.VERSION_UNKNOWN, "an invite of a newer form");
      }
      Binding binding = Binding.values()[in.get()];
      int count = in.get();
      List<String> addresses = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        addresses.add(new String(take(in, in.get() & 0xff), StandardCharsets.UTF_8));
      }
      Bytes relay = Bytes.of(take(in, 32));
      return new Invite(addresses, relay, binding, Bytes.of(take(in, in.remaining())));
    } catch (BufferUnderflowException | ArrayIndexOutOfBoundsException e) {
      throw malformed("the invite is cut short");
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
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
