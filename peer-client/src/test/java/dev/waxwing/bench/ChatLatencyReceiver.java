package dev.waxwing.bench;

import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The receiving process of {@link ChatLatency}: prints what it measured when told how many came.
 */
public final class ChatLatencyReceiver {
  /** The last message may be this late. */
  private static final long QUIET_SECONDS = 10;

  /** An event, with the time it came. */
  private record Arrival(PeerEvent event, long micros) {}

  private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
  private final BitSet numbers = new BitSet();
  private final Set<String> messages = new HashSet<>();
  private long twice;

  private ChatLatencyReceiver() {}

  /** Receives until standard input says how many were sent. */
  public static void main(String[] args) throws IOException, InterruptedException {
    ChatLatencyReceiver receiver = new ChatLatencyReceiver();
    Peer bob = ChatLatency.open(Path.of(args[0]));
    try (Peer.Subscription following =
        bob.subscribe(event -> receiver.arrivals.add(new Arrival(event, ChatLatency.micros())))) {
      System.out.println("ready");
      BufferedReader told =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      long sent = Long.parseLong(told.readLine().substring("sent ".length()));
      receiver.countUpTo(sent);
      receiver.print(sent);
    } finally {
      bob.close();
    }
  }

  private void countUpTo(long sent) throws InterruptedException {
    Arrival next = arrivals.poll();
    while (next != null) {
      count(next);
      boolean all = numbers.cardinality() == sent;
      next = arrivals.poll(all ? 1 : QUIET_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void count(Arrival arrival) {
    if (!(arrival.event() instanceof PeerEvent.MessageChanged changed)) {
      return;
    }
    Message message = changed.message();
    if (message.outgoing() || !message.text().startsWith(ChatLatency.MARK)) {
      return;
    }
    String[] words = message.text().split(" ");
    int number = Integer.parseInt(words[1]);
    if (number < 0 || !messages.add(message.id().toString())) {
      // A warm-up message, or a later event of one that was counted.
      return;
    }
    if (numbers.get(number)) {
      twice++;
    }
    numbers.set(number);
    latency.recordValue(Math.max(0, arrival.micros() - Long.parseLong(words[2])));
  }

  private void print(long sent) {
    System.out.printf(
        Locale.ROOT,
        "\"sent\":%d,\"lost\":%d,\"twice\":%d,"
            + "\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f%n",
        sent,
        sent - numbers.cardinality(),
        twice,
        millis(50),
        millis(90),
        millis(99),
        millis(100));
  }

  private double millis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1_000.0;
  }
}
