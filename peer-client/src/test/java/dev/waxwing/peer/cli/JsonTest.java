package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waxwing.text.TerminalText;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Test
  void anObjectIsWrittenInTheOrderItWasMade() {
    Json json =
        Json.document()
            .put("text", "a \"b\" \\ c\n")
            .put("none", null)
            .put("list", List.of(1, true, Json.object().put("x", 2L)));
    assertEquals(
        "{\"v\":1,\"text\":\"a \\\"b\\\" \\\\ c\\n\",\"none\":null,\"list\":[1,true,{\"x\":2}]}",
        json.toString());
  }

  @Test
  void everyStringComesBackFromAnotherReaderAndActsOnNoTerminal() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      int[] points = random.ints(20, 0, 0x11_0000).filter(c -> c < 0xd800 || c > 0xdfff).toArray();
      int[] low = random.ints(20, 0, 0x3000).toArray();
      String text = new String(points, 0, points.length) + new String(low, 0, low.length);
      String line = Json.object().put("s", text).toString();
      assertEquals(text, JACKSON.readTree(line).get("s").textValue());
      assertTrue(line.codePoints().noneMatch(TerminalText::acts), () -> Arrays.toString(low));
    }
  }
}
