package dev.waxwing.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an invite may say. */
class InviteTest {
  private static final Bytes KEY = Bytes.of(new byte[32]);
  private static final Bytes TOKEN = Bytes.fromHex("0102030405060708090a0b0c0d0e0f1011121314");

  private static Invite leadingTo(String address) {
    return new Invite(List.of(address), KEY, Invite.Binding.CERTIFICATE, TOKEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"relay.example:7380", "10.0.0.1:1", "[2001:db8::7]:65535", "my_host-2:7380"})
  void addressIsAHostAndAPort(String address) {
    assertEquals(List.of(address), Invite.parse(leadingTo(address).toText()).addresses());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "relay",
        "relay:",
        ":7380",
        "relay:x",
        "relay:123456",
        "a b:1",
        "a\u001b[2J:1"
      })
  void whatIsNoHostAndPortIsRefusedBeforeItIsDialledOrShown(String address) {
    Fault fault = assertThrows(Fault.class, () -> leadingTo(address));
    assertEquals(FaultCode.INVITE_MALFORMED, fault.code());
  }

  @Test
  void tokenIsNotShown() {
    String shown = leadingTo("relay.example:7380").toString();
    assertFalse(shown.contains(TOKEN.toHex().substring(0, 8)), shown);
  }
}
