package dev.waxwing.message;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A device of a user, where mail and blobs go; written {@code user/device}.
 *
 * @param user the user
 * @param device one device
 */
public record Address(UserId user, DeviceId device) implements Comparable<Address> {

  /**
   * Reads the text form.
   *
   * @throws Fault HEADER_MALFORMED or USER_MALFORMED
   */
  public static Address parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a malformed address");
    }
    return new Address(
        new UserId(text.substring(0, slash)), DeviceId.parse(text.substring(slash + 1)));
  }

  /** A list of addresses as a frame's body: one a line, each ended by a line feed. */
  public static byte[] encodeList(List<Address> addresses) {
    StringBuilder lines = new StringBuilder();
    addresses.forEach(address -> lines.append(address).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a list of at most {@code limit} distinct addresses.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public static List<Address> decodeList(byte[] body, int limit) {
    String text = new String(body, StandardCharsets.US_ASCII);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a list of addresses without its last line end");
    }
    List<Address> addresses = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('\n', from);
      Address address = parse(text.substring(from, end));
      if (addresses.size() == limit || addresses.contains(address)) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "too many or repeated addresses");
      }
      addresses.add(address);
      from = end + 1;
    }
    return List.copyOf(addresses);
  }

  @Override
  public int compareTo(Address other) {
    int byUser = user.compareTo(other.user);
    return byUser != 0 ? byUser : device.compareTo(other.device);
  }

  @Override
  public String toString() {
    return user + "/" + device;
  }
}
