package dev.waxwing.relay.app;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What this machine calls itself, as far as the system says without asking the network. */
final class HostAddresses {
  private static final String LOOPBACK = "127.0.0.1";

  private HostAddresses() {}

  /**
   * Addresses others may reach this machine by, those of private networks first; loopback when
   * there is no other.
   */
  static List<String> lan() {
    List<String> found = new ArrayList<>();
    try {
      for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (network.isUp() && !network.isLoopback() && !network.isPointToPoint()) {
          for (InetAddress address : Collections.list(network.getInetAddresses())) {
            if (address instanceof Inet4Address && !address.isLinkLocalAddress()) {
              found.add(address.isSiteLocalAddress() ? 0 : found.size(), address.getHostAddress());
            }
          }
        }
      }
    } catch (SocketException e) {
      // a system that does not say: loopback is right at least for this machine
    }
    return found.isEmpty() ? List.of(LOOPBACK) : List.copyOf(found);
  }

  /** The machine's name; {@code relay} when it has none. */
  static String name() {
    String name = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    if (name == null || name.isBlank()) {
      try {
        name = java.nio.file.Files.readString(java.nio.file.Path.of("/etc/hostname")).strip();
      } catch (java.io.IOException e) {
        name = "relay";
      }
    }
    return name.isBlank() ? "relay" : name;
  }

  /** Whether the text is an address rather than a name. */
  static boolean isNumeric(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }
}
