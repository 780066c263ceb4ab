package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class AddressBlockTest {
  @Test
  void addressesOfOneSubscriberAreOne() {
    assertEquals(AddressBlock.of("2001:db8::1"), AddressBlock.of("2001:db8:0:0:ffff::2"));
    assertEquals(AddressBlock.of("fe80::1%eth9"), AddressBlock.of("fe80::1%eth9"));
    assertNotEquals(AddressBlock.of("2001:db8::1"), AddressBlock.of("2001:db8:0:1::1"));
  }

  @Test
  void fourByteAddressesStandForThemselves() {
    assertEquals("192.0.2.1", AddressBlock.of("192.0.2.1"));
    assertEquals("192.0.2.1", AddressBlock.of("::ffff:192.0.2.1"));
    assertEquals("", AddressBlock.of(""));
  }
}
