package dev.waxwing.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;

/** Whatever bytes come through the local socket as a line, they are an object or refused. */
class LinesFuzzTest {
  private static int taken;

  @AfterAll
  static void anInputWasTaken() {
    assertTrue(taken > 0);
  }

  @FuzzTest
  void line(byte[] input) {
    ObjectNode object;
    try {
      object = Lines.parse(input);
    } catch (Fault fault) {
      assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
      return;
    }
    taken++;
    byte[] again = Lines.encode(object);
    int end = again.length - 1;
    assertEquals('\n', again[end]);
    for (int i = 0; i < end; i++) {
      assertTrue(again[i] != '\n', "one line has become two");
    }
    Lines.parse(Arrays.copyOf(again, end));
    Fault told = Lines.fault(object);
    assertEquals(told.code(), Lines.fault(Lines.error(told)).code());
  }
}
