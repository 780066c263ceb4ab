package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the invites of one relay.
 *
 * @param relay its identity key, 32 bytes
 * @param publicHost the name people reach, where a proxy ends TLS
 * @param addresses {@code host:port}, where people reach it
 */
record InviteMaker(Bytes relay, Optional<String> publicHost, List<String> addresses) {

  /**
   * An invite with {@code token}.
   *
   * @param args may name other {@code addresses}
   */
  Invite make(Bytes token, JsonNode args) {
    List<String> wanted = new ArrayList<>();
    args.path("addresses").forEach(address -> wanted.add(address.asText()));
    List<String> used = wanted.isEmpty() ? addresses : wanted;
    if (used.isEmpty() || used.stream().anyMatch(address -> address.endsWith(":0"))) {
      throw new Fault(
          FaultCode.USAGE,
          "nobody knows where this relay will be reached",
          "give --address HOST:PORT, or start it first");
    }
    return new Invite(
        used,
        relay,
        publicHost.isPresent() ? Invite.Binding.HOST_NAME : Invite.Binding.CERTIFICATE,
        token);
  }

  /** Where people reach a relay that listens on {@code port}. */
  static List<String> addresses(RelayConfig config, int port) {
    RelayConfig.Listen listen = config.listen();
    if (!listen.addresses().isEmpty()) {
      // Those given without a port meant the one it listens on, known only now when it was 0.
      return listen.addresses().stream()
          .map(a -> a.endsWith(":0") ? a.substring(0, a.length() - 1) + port : a)
          .toList();
    }
    Optional<String> publicHost = config.security().publicHost();
    if (publicHost.isPresent()) {
      return List.of(publicHost.get() + ":443");
    }
    if (!listen.host().equals("*") && !listen.host().equals("0.0.0.0")) {
      return List.of(listen.host() + ":" + port);
    }
    return HostAddresses.lan().stream().limit(4).map(host -> host + ":" + port).toList();
  }
}
