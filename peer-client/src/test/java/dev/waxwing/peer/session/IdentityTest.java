package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.UserId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Making, keeping and reading who a profile is. */
class IdentityTest {
  private final Random random = new Random(5);
  private final Identity identity =
      Identity.create(Peer.SUITE, new UserId("alice"), this::bytes, World.START);

  private byte[] bytes(int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  @Test
  void newIdentityIsSignedByItsAccountAndNamesItsDevice() {
    assertTrue(identity.record().signedBy(Peer.SUITE.signing(), identity.account().publicKey()));
    assertEquals(0, identity.record().record().seq());
    assertEquals("alice", identity.address().user().name());
    assertEquals(
        identity.agreement().publicKey(),
        identity
            .record()
            .record()
            .device(identity.address().device())
            .orElseThrow()
            .agreementKey());
  }

  @Test
  void keptFormComesBackWithTheSameKeys() {
    byte[] kept = identity.encode();
    Identity read = Identity.decode(Peer.SUITE, kept);
    assertArrayEquals(kept, read.encode());
    assertEquals(identity.account().publicKey(), read.account().publicKey());
    assertEquals(identity.signing().publicKey(), read.signing().publicKey());
    assertEquals(identity.agreement().publicKey(), read.agreement().publicKey());
    assertEquals(identity.address(), read.address());
  }

  @Test
  void damagedFormIsTold() {
    byte[] kept = identity.encode();
    for (int length : new int[] {0, 3, 40, kept.length - 1}) {
      corrupt(Arrays.copyOf(kept, length));
    }
    corrupt(Arrays.copyOf(kept, kept.length + 1));
  }

  @Test
  void keysThatAreNotTheRecordsAreTold() {
    byte[] kept = identity.encode();
    byte[] other =
        Identity.create(Peer.SUITE, new UserId("alice"), this::bytes, World.START).encode();
    // Four secrets, each behind its length, then the record.
    int secrets = 4 * (4 + 32);
    byte[] mixed = kept.clone();
    System.arraycopy(other, 0, mixed, 0, secrets);
    corrupt(mixed);
  }

  private static void corrupt(byte[] kept) {
    assertEquals(
        FaultCode.PROFILE_CORRUPT,
        assertThrows(Fault.class, () -> Identity.decode(Peer.SUITE, kept)).code());
  }

  @Test
  void printsNoKey() {
    assertEquals("Identity[" + identity.address() + "]", identity.toString());
  }
}
