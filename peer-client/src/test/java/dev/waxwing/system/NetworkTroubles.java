package dev.waxwing.system;

import dev.waxwing.network.Lane;
import dev.waxwing.network.Plan;
import dev.waxwing.network.Trouble;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One case or two of every other kind of trouble, with a table row each. */
final class NetworkTroubles {
  /** Inside the TLS handshake, inside the login, behind it. */
  private static final long HANDSHAKE = 300;

  private static final long LOGIN = 2_600;
  private static final long BEHIND = 2_950;
  private static final long IN_FILE = 150_000;

  final List<NetworkTally> tallies = new ArrayList<>();
  final List<NetworkRig.Case> cases = new ArrayList<>();
  private final Path file;

  /**
   * No cases yet.
   *
   * @param file what travels, longer than {@link #IN_FILE}
   */
  NetworkTroubles(Path file) {
    this.file = file;
  }

  /** Those that are over in seconds. */
  NetworkTroubles brief() {
    everywhere("writes of one byte", Plan.both(Lane.sliced(1)));
    everywhere("writes of seven bytes", Plan.both(Lane.sliced(7)));
    everywhere("slow and late link", Plan.both(Lane.slow(20, 20, 256 * 1024)));
    everywhere("nobody is let in", Plan.REFUSE);
    for (Trouble trouble : List.of(Trouble.FLIP, Trouble.DOUBLE, Trouble.RESET)) {
      String name = trouble.name().toLowerCase(java.util.Locale.ROOT);
      both(name + " in the handshake", Lane.until(HANDSHAKE, trouble));
      files(name + " in the handshake, with a file", Lane.until(HANDSHAKE, trouble));
      both(name + " in the login", Lane.until(LOGIN, trouble));
      files(name + " in the file", Lane.until(IN_FILE, trouble));
    }
    return this;
  }

  /** Those that end when somebody loses patience, which takes up to two minutes. */
  NetworkTroubles patient() {
    everywhere("connects and is never answered", Plan.MUTE);
    both("black hole in the handshake", Lane.until(HANDSHAKE, Trouble.SWALLOW));
    both("black hole in the login", Lane.until(LOGIN, Trouble.SWALLOW));
    both("half-open behind the login", Lane.until(BEHIND, Trouble.SWALLOW));
    files("half-open in the file", Lane.until(IN_FILE, Trouble.SWALLOW));
    both("closed window behind the login", Lane.until(BEHIND, Trouble.DEAF));
    files("closed window in the file", Lane.until(IN_FILE, Trouble.DEAF));
    return this;
  }

  private void both(String kind, Lane lane) {
    NetworkTally tally = tally(kind, true);
    cases.add(pair -> pair.messages(pair.sender, Plan.up(lane), tally));
    cases.add(pair -> pair.messages(pair.receiver, Plan.down(lane), tally));
  }

  private void files(String kind, Lane lane) {
    NetworkTally tally = tally(kind, true);
    cases.add(pair -> pair.file(pair.sender, Plan.up(lane), file, tally));
    cases.add(pair -> pair.file(pair.receiver, Plan.down(lane), file, tally));
  }

  /** A plan without a moment of trouble, for messages and a file, at either side. */
  private void everywhere(String kind, Plan plan) {
    NetworkTally tally = tally(kind, false);
    cases.add(pair -> pair.messages(pair.sender, plan, tally));
    cases.add(pair -> pair.messages(pair.receiver, plan, tally));
    cases.add(pair -> pair.file(pair.sender, plan, file, tally));
    cases.add(pair -> pair.file(pair.receiver, plan, file, tally));
  }

  private NetworkTally tally(String kind, boolean troubleMustCome) {
    NetworkTally tally = new NetworkTally(kind, troubleMustCome);
    tallies.add(tally);
    return tally;
  }
}
