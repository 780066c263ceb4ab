package dev.waxwing.bench;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.store.ProfileFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a chat message takes, from the moment it was meant to be sent to the receiver's event
 * that it is stored. Messages leave at a fixed rate whatever happens to those before them, and each
 * carries its planned time; so a stall anywhere counts for every message that it holds up. Sender
 * and receiver are two processes.
 *
 * <pre>
 *  ChatLatency DIR RATE SECONDS RELAY measure|stall
 *    DIR    holds the profiles alice and bob, which have joined one relay
 *    RELAY  process ID of that relay; stall stops it for a second and expects to see that
 * </pre>
 */
public final class ChatLatency {
  static final String MARK = "bench ";
  static final int LENGTH = 256;
  private static final int WARM_SECONDS = 10;
  private static final long ONLINE_MILLIS = 15_000;

  /** Least p99 with which a relay that stood still for a second shows, in milliseconds. */
  private static final double STALL_SHOWS = 250;

  private ChatLatency() {}

  /** The sender, and starter of the receiver. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    int rate = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    long relay = Long.parseLong(args[3]);
    boolean stall = args[4].equals("stall");
    Process receiver = receiver(folder.resolve("bob"));
    try (BufferedReader said = receiver.inputReader(StandardCharsets.UTF_8)) {
      expect(said, "ready");
      Peer alice = open(folder.resolve("alice"));
      try {
        send(alice, new Plan(rate, WARM_SECONDS * rate, -1), () -> {});
        long sent = (long) seconds * rate;
        send(alice, new Plan(rate, sent, 0), stall ? () -> standStill(relay) : () -> {});
        receiver.outputWriter(StandardCharsets.UTF_8).append("sent " + sent + "\n").flush();
        String measured = said.readLine();
        System.out.printf(
            "{\"what\":\"chat-%s\",\"java\":\"%s\",\"rate\":%d,\"seconds\":%d,%s}%n",
            args[4], Runtime.version(), rate, seconds, measured);
        if (stall && p99(measured) < STALL_SHOWS) {
          System.err.println("a relay that stood still for a second does not show in p99");
          System.exit(1);
        }
      } finally {
        alice.close();
      }
    } finally {
      receiver.destroy();
      receiver.waitFor(10, TimeUnit.SECONDS);
    }
  }

  /**
   * What is sent: {@code count} texts, numbered from {@code first}, or unnumbered when negative.
   */
  private record Plan(int rate, long count, long first) {}

  private static void send(Peer alice, Plan plan, Runnable halfWay) {
    UserId bob = new UserId("bob");
    long start = micros() + 100_000;
    for (long i = 0; i < plan.count(); i++) {
      long planned = start + i * 1_000_000 / plan.rate();
      for (long wait = planned - micros(); wait > 0; wait = planned - micros()) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(wait));
      }
      if (i == plan.count() / 2) {
        halfWay.run();
      }
      long number = plan.first() < 0 ? -1 : plan.first() + i;
      alice.sendText(bob, padded(MARK + number + " " + planned + " "));
    }
  }

  private static String padded(String text) {
    return text + "x".repeat(LENGTH - text.length());
  }

  /** Stops the relay now and lets it go on a second later; returns at once. */
  private static void standStill(long relay) {
    signal("STOP", relay);
    Thread later =
        new Thread(
            () -> {
              LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
              signal("CONT", relay);
            });
    later.start();
  }

  private static void signal(String name, long process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process)).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double p99(String measured) {
    String key = "\"p99_ms\":";
    int from = measured.indexOf(key) + key.length();
    return Double.parseDouble(measured.substring(from, measured.indexOf(',', from)));
  }

  private static Process receiver(Path home) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ChatLatencyReceiver.class.getName());
    command.add(home.toString());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void expect(BufferedReader said, String word) throws IOException {
    String line = said.readLine();
    if (!word.equals(line)) {
      throw new IOException("the receiver said " + line);
    }
  }

  /** The peer of the profile in {@code home}, online. */
  static Peer open(Path home) {
    ProfileFolder folder = ProfileFolder.locate(home, ProfileFolder.Surroundings.current());
    Peer peer = new Profiles(folder, () -> null).open();
    peer.awaitOnline(ONLINE_MILLIS);
    return peer;
  }

  /** The clock that both processes share: microseconds since 1970. */
  static long micros() {
    java.time.Instant now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }
}
