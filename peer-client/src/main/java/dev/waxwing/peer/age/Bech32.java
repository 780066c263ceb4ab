package dev.waxwing.peer.age;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bech32 (BIP 173) without its length limit, as age writes keys. Works on byte arrays, because some
 * of what it writes is secret.
 */
final class Bech32 {
  private static final byte[] ALPHABET =
      "qpzry9x8gf2tvdw0s3jn54khce6mua7l".getBytes(StandardCharsets.US_ASCII);
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;

  private Bech32() {}

  /** Lower-case ASCII of {@code prefix ‖ "1" ‖ data ‖ checksum}; {@code prefix} is lower-case. */
  static byte[] encode(String prefix, byte[] data) {
    byte[] hrp = prefix.getBytes(StandardCharsets.US_ASCII);
    byte[] groups = regroup(data, data.length, 8, 5);
    byte[] out = new byte[hrp.length + 1 + groups.length + CHECKSUM];
    System.arraycopy(hrp, 0, out, 0, hrp.length);
    out[hrp.length] = '1';
    int checksum = polymod(hrp, groups, groups.length, true) ^ 1;
    for (int i = 0; i < groups.length; i++) {
      out[hrp.length + 1 + i] = ALPHABET[groups[i]];
    }
    for (int i = 0; i < CHECKSUM; i++) {
      out[hrp.length + 1 + groups.length + i] = ALPHABET[checksum >>> 5 * (5 - i) & 31];
    }
    Arrays.fill(groups, (byte) 0);
    return out;
  }

  /**
   * The data of a lower-case text with this prefix.
   *
   * @throws Fault AGE_NO_MATCH when the prefix, a character, the padding or the checksum is wrong
   */
  static byte[] decode(String prefix, byte[] text) {
    byte[] hrp = prefix.getBytes(StandardCharsets.US_ASCII);
    int start = hrp.length + 1;
    if (text.length < start + CHECKSUM
        || text[hrp.length] != '1'
        || !Arrays.equals(text, 0, hrp.length, hrp, 0, hrp.length)) {
      throw malformed();
    }
    byte[] groups = new byte[text.length - start];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = group(text[start + i]);
    }
    if (polymod(hrp, groups, groups.length, false) != 1) {
      throw malformed();
    }
    byte[] data = regroup(groups, groups.length - CHECKSUM, 5, 8);
    Arrays.fill(groups, (byte) 0);
    return data;
  }

  private static byte group(byte character) {
    for (byte i = 0; i < ALPHABET.length; i++) {
      if (ALPHABET[i] == character) {
        return i;
      }
    }
    throw malformed();
  }

  /**
   * Regroups bits, most significant first; from 8 to 5 pads with zeros, from 5 to 8 demands them.
   */
  private static byte[] regroup(byte[] in, int length, int from, int to) {
    int bits = length * from;
    byte[] out = new byte[from > to ? (bits + to - 1) / to : bits / to];
    int held = 0;
    int accumulator = 0;
    int at = 0;
    for (int i = 0; i < length; i++) {
      accumulator = (accumulator << from | in[i] & 0xff) & 0xfff;
      held += from;
      while (held >= to) {
        held -= to;
        out[at++] = (byte) (accumulator >>> held & (1 << to) - 1);
      }
    }
    int rest = accumulator & (1 << held) - 1;
    if (from > to) {
      if (held > 0) {
        out[at] = (byte) (rest << to - held);
      }
    } else if (held >= from || rest != 0) {
      throw malformed();
    }
    return out;
  }

  private static int polymod(byte[] hrp, byte[] groups, int length, boolean room) {
    int check = 1;
    for (byte c : hrp) {
      check = step(check) ^ c >>> 5;
    }
    check = step(check);
    for (byte c : hrp) {
      check = step(check) ^ c & 31;
    }
    for (int i = 0; i < length; i++) {
      check = step(check) ^ groups[i];
    }
    for (int i = 0; room && i < CHECKSUM; i++) {
      check = step(check);
    }
    return check;
  }

  private static int step(int check) {
    int top = check >>> 25;
    int next = (check & 0x1ffffff) << 5;
    for (int i = 0; i < 5; i++) {
      next ^= (top >>> i & 1) == 1 ? GENERATOR[i] : 0;
    }
    return next;
  }

  private static Fault malformed() {
    return new Fault(FaultCode.AGE_NO_MATCH, "an age key is not well formed");
  }
}
