package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay that does something evil with every fifth frame, drawn from a seed, while two people
 * talk; then it behaves. Rounds and seed: {@code WAXWING_EVIL_RUNS}, {@code WAXWING_EVIL_SEED}.
 */
class EvilRelayCampaign {
  private static final int RUNS = number("WAXWING_EVIL_RUNS", 10);
  private static final long SEED = number("WAXWING_EVIL_SEED", 20261128);
  private static final int LINES = 15;
  private static final int MOST_HELD = 32;

  /** How long mail may be on its way while the relay is evil: much of it never comes. */
  private static final long EVIL_MILLIS = 4_000;

  @TempDir Path folder;

  private final Map<Deed, Integer> done = new EnumMap<>(Deed.class);

  /** What may become of a frame. */
  private enum Deed {
    DROP,
    REPEAT,
    HOLD,
    RELEASE_HERE,
    FLIP,
    CUT,
    HANG_UP
  }

  private static int number(String name, int otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  /** Drawn deeds; logins are let through, or nothing else would ever happen. */
  private final class Chaos implements Script {
    private final Random random;
    private final List<Passing> held = new ArrayList<>();

    Chaos(long seed) {
      this.random = new Random(seed);
    }

    @Override
    public void on(Passing it) {
      boolean login =
          it.message() instanceof PeerMessage.Hello
              || it.message() instanceof RelayMessage.RelayHello
              || it.message() instanceof PeerMessage.Login
              || it.message() instanceof RelayMessage.Welcome;
      if (login || random.nextInt(5) > 0) {
        it.pass();
        return;
      }
      Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
      done.merge(deed, 1, Integer::sum);
      byte[] body = it.body();
      switch (deed) {
        case DROP -> {}
        case REPEAT -> {
          it.pass();
          it.pass();
        }
        case HOLD -> {
          if (held.size() < MOST_HELD) {
            held.add(it);
          } else {
            it.pass();
          }
        }
        case RELEASE_HERE -> {
          it.pass();
          if (!held.isEmpty()) {
            Passing old = held.remove(random.nextInt(held.size()));
            if (old.fromPeer()) {
              old.pass();
            } else {
              it.line().toPeer(old.frame());
            }
          }
        }
        case FLIP -> {
          if (body.length > 0) {
            body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
          }
          it.pass(body);
        }
        case CUT -> it.pass(java.util.Arrays.copyOf(body, random.nextInt(body.length + 1)));
        case HANG_UP -> it.line().end();
      }
    }
  }

  @Test
  void nothingIsInventedAndTheyTalkAfterwards() throws Exception {
    System.out.printf(Locale.ROOT, "seed %d, %d rounds%n", SEED, RUNS);
    int said = 0;
    int heard = 0;
    try (EvilRelay evil = new EvilRelay(folder.resolve("relay"))) {
      for (int round = 0; round < RUNS; round++) {
        try (Someone ann = Someone.here(evil, folder, "ann" + round);
            Someone ben = Someone.here(evil, folder, "ben" + round)) {
          heard += round(evil, ann, ben, SEED + round);
          said += 2 * LINES;
        } catch (AssertionError | Fault e) {
          throw new AssertionError("seed " + (SEED + round), e);
        }
        evil.forget();
      }
    }
    System.out.printf(
        Locale.ROOT, "said %d, arrived %d while or after it was evil; %s%n", said, heard, done);
    assertTrue(done.keySet().containsAll(Set.of(Deed.values())) || RUNS < 5, done::toString);
  }

  private int round(EvilRelay evil, Someone ann, Someone ben, long seed) {
    evil.play(new Chaos(seed));
    Set<String> said = new TreeSet<>();
    for (int i = 0; i < LINES; i++) {
      for (Someone from : List.of(ann, ben)) {
        String line = from.user + " " + i;
        from.writes(from == ann ? ben : ann, line);
        said.add(line);
      }
    }
    Someone.within(
        EVIL_MILLIS, () -> ben.heard(ann).size() >= LINES && ann.heard(ben).size() >= LINES);
    evil.behave();
    evil.hangUp(ann.user);
    evil.hangUp(ben.user);
    // Told that they are gone, which a refusal made of noise may have said.
    ann.tells(ben, "afterwards");
    ben.tells(ann, "afterwards");
    int heard = 0;
    for (Someone one : List.of(ann, ben)) {
      Someone other = one == ann ? ben : ann;
      List<String> lines = new ArrayList<>(one.heard(other));
      assertEquals(1, lines.stream().filter("afterwards"::equals).count());
      lines.remove("afterwards");
      assertEquals(lines.size(), new TreeSet<>(lines).size(), "nothing twice: " + lines);
      assertTrue(said.containsAll(lines), () -> "nothing invented: " + lines);
      assertTrue(lines.stream().allMatch(line -> line.startsWith(other.user.name())));
      assertEquals(Trust.NEW, one.peer().contact(other.user.name()).trust());
      heard += lines.size();
    }
    return heard;
  }
}
