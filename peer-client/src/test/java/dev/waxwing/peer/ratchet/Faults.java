package dev.waxwing.peer.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.junit.jupiter.api.function.Executable;

/** Expected refusals. */
final class Faults {
  private Faults() {}

  static void assertFault(FaultCode code, Executable action) {
    assertEquals(code, assertThrows(Fault.class, action).code());
  }

  static void assertUndecryptable(Executable action) {
    assertFault(FaultCode.UNDECRYPTABLE, action);
  }
}
