package dev.waxwing.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes arrive, each parser of the wire takes or refuses them by a code, and what it took
 * means the same when it is written and read again. Reads the kept inputs in every build, and looks
 * for new ones with {@code JAZZER_FUZZ=1}.
 */
class WireFuzzTest {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  /** Targets that ran, and those that took an input. */
  private static final Set<String> RAN = new TreeSet<>();

  private static final Set<String> TOOK = new TreeSet<>();

  /** Without one good input there is nothing to mutate, and nothing is read twice. */
  @AfterAll
  static void everyTargetTookAnInput() {
    assertEquals(RAN, TOOK);
  }

  private static <T> Optional<T> read(String target, Supplier<T> parser) {
    RAN.add(target);
    try {
      T taken = parser.get();
      TOOK.add(target);
      return Optional.of(taken);
    } catch (Fault fault) {
      assertNotEquals(FaultCode.INTERNAL, fault.code());
      return Optional.empty();
    }
  }

  @Test
  void anExceptionThatIsNoFaultOrAFaultOfTheProgramIsFound() {
    byte[] none = new byte[0];
    assertThrows(ArrayIndexOutOfBoundsException.class, () -> read("planted", () -> none[0]));
    Supplier<Byte> internal =
        () -> {
          throw new Fault(FaultCode.INTERNAL, "planted");
        };
    assertThrows(AssertionError.class, () -> read("planted", internal));
    RAN.remove("planted");
  }

  @FuzzTest
  void peerFrame(byte[] input) {
    read("peerFrame", () -> HeaderCodec.peerMessage(Frame.parse(input)))
        .ifPresent(
            message -> {
              byte[] body = Frame.parse(input).body();
              Frame again = HeaderCodec.frame(message, body);
              PeerMessage same = HeaderCodec.peerMessage(again);
              assertEquals(message, same);
              assertArrayEquals(body, again.body());
            });
  }

  @FuzzTest
  void relayFrame(byte[] input) {
    read("relayFrame", () -> HeaderCodec.relayMessage(Frame.parse(input)))
        .ifPresent(
            message -> {
              byte[] body = Frame.parse(input).body();
              RelayMessage same = HeaderCodec.relayMessage(HeaderCodec.frame(message, body));
              assertEquals(message, same);
            });
  }

  @FuzzTest
  void invite(byte[] input) {
    read("invite", () -> Invite.parse(new String(input, StandardCharsets.UTF_8)))
        .ifPresent(invite -> assertEquals(invite, Invite.parse(invite.toText())));
  }

  /** The same behind the check characters, which no mutation would get right. */
  @FuzzTest
  void inviteBehindItsCheck(byte[] input) {
    read("inviteBehindItsCheck", () -> Invite.parse(checked(input)))
        .ifPresent(invite -> assertEquals(invite, Invite.parse(invite.toText())));
  }

  @FuzzTest
  void userRecord(byte[] input) {
    read("userRecord", () -> UserRecord.Signed.parse(input))
        .ifPresent(
            signed -> {
              assertArrayEquals(input, signed.toBytes());
              assertEquals(signed.encoded(), Bytes.of(signed.record().encode()));
            });
  }

  @FuzzTest
  void prekeyBatch(byte[] input) {
    read("prekeyBatch", () -> Prekeys.Batch.decode(input))
        .ifPresent(batch -> assertEquals(batch, Prekeys.Batch.decode(batch.encode())));
  }

  @FuzzTest
  void prekeyBundles(byte[] input) {
    read("prekeyBundles", () -> Prekeys.Bundles.decode(input))
        .ifPresent(bundles -> assertEquals(bundles, Prekeys.Bundles.decode(bundles.encode())));
  }

  @FuzzTest
  void addresses(byte[] input) {
    read("addresses", () -> Address.decodeList(input, WireLimits.MAX_RECIPIENTS))
        .ifPresent(list -> assertArrayEquals(input, Address.encodeList(list)));
  }

  @FuzzTest
  void terminalText(byte[] input) {
    read("terminalText", () -> TerminalText.escape(new String(input, StandardCharsets.UTF_8)))
        .ifPresent(
            shown -> {
              assertTrue(shown.codePoints().noneMatch(TerminalText::acts), shown);
              assertEquals(shown, TerminalText.escape(shown));
            });
  }

  private static String checked(byte[] content) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
      Bytes whole = Bytes.of(content).concat(Bytes.of(sum, 0, 4));
      StringBuilder text = new StringBuilder("WAXWING-");
      for (int bit = 0; bit < whole.length() * 8; bit += 5) {
        int digit = 0;
        for (int i = bit; i < bit + 5; i++) {
          int set = i < whole.length() * 8 ? whole.at(i / 8) >> (7 - i % 8) & 1 : 0;
          digit = digit << 1 | set;
        }
        text.append(ALPHABET.charAt(digit));
      }
      return text.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
