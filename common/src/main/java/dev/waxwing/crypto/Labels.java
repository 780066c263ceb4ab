package dev.waxwing.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Domain separation of suite WX1 (PROTOCOL.md, "Labels"): what a key or a signature is for is part
 * of its input, and every variable field carries its length.
 */
public final class Labels {
  private Labels() {}

  /** {@code "waxwing/1/" ‖ label ‖ 0x00 ‖ (u32be length ‖ field)*}. */
  public static byte[] info(String label, byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("waxwing/1/" + label).getBytes(StandardCharsets.US_ASCII));
    out.write(0);
    for (byte[] field : fields) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
      out.writeBytes(field);
    }
    return out.toByteArray();
  }

  /** {@code "waxwing/1/sig/" ‖ type ‖ 0x00 ‖ exact bytes}: what every signature covers. */
  public static byte[] signed(String type, byte[] exactBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("waxwing/1/sig/" + type).getBytes(StandardCharsets.US_ASCII));
    out.write(0);
    out.writeBytes(exactBytes);
    return out.toByteArray();
  }
}
