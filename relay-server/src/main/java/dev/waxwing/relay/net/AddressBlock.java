package dev.waxwing.relay.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** What limits per address count: an IPv4 address, or the /64 block a subscriber of IPv6 owns. */
final class AddressBlock {
  private static final int BLOCK_BYTES = 8;

  private AddressBlock() {}

  /** The block of an address written out; a name is never looked up. */
  static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      InetAddress parsed = InetAddress.getByName(address);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(parsed.getAddress(), 0, BLOCK_BYTES) + "/64"
          : parsed.getHostAddress();
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
