package dev.waxwing.relay.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.Address;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.HubStatus;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What the outside may see of a running hub: snapshots taken on its loop, the last one kept for
 * pages that must not wait. Any thread.
 */
public final class LiveView {
  private final HubLoop hub;
  private final long startedNanos;
  private volatile HubStatus last;
  private volatile IntSupplier sockets = () -> 0;

  /** A view that takes its first snapshot now. */
  public LiveView(HubLoop hub, long startedNanos) {
    this.hub = hub;
    this.startedNanos = startedNanos;
    this.last = hub.hub().status();
    hub.everySecond(() -> last = hub.hub().status());
  }

  /** Where the number of open sockets comes from. */
  public void count(IntSupplier openSockets) {
    sockets = openSockets;
  }

  /** At most a second old. */
  public HubStatus status() {
    return last;
  }

  /** The metrics page. */
  public String metrics() {
    return MetricsText.of(last, sockets.getAsInt(), uptimeSeconds());
  }

  /** State and figures as they are now. */
  public CompletableFuture<ObjectNode> describe() {
    return hub.ask(loop -> describe(loop.hub().status()));
  }

  /** Every connection, with who is logged in on it. */
  public CompletableFuture<JsonNode> clients() {
    return hub.ask(
        loop -> {
          ArrayNode list = Json.MAPPER.createArrayNode();
          for (PeerConnection connection : loop.connections()) {
            Address who = connection.who();
            ObjectNode one =
                Json.object()
                    .put("connection", connection.id().toString())
                    .put("address", connection.remote())
                    .put("since", connection.openedMillis());
            if (who != null) {
              one.put("user", who.user().name()).put("device", who.device().toString());
            }
            list.add(one);
          }
          return list;
        });
  }

  /** How many devices of the user are connected. */
  public CompletableFuture<Integer> devicesOf(UserId user) {
    return hub.ask(
        loop ->
            (int)
                loop.connections().stream()
                    .map(PeerConnection::who)
                    .filter(who -> who != null && who.user().equals(user))
                    .count());
  }

  private ObjectNode describe(HubStatus status) {
    ObjectNode node =
        Json.object()
            .put("running", true)
            .put("state", status.state().name().toLowerCase(Locale.ROOT))
            .put("uptimeSeconds", uptimeSeconds())
            .put("usersOnline", status.usersOnline())
            .put("devicesOnline", status.connections().control())
            .put("connections", sockets.getAsInt())
            .put("blobs", status.blobs().count())
            .put("blobMemoryBytes", status.blobs().memoryBytes())
            .put("blobDiskBytes", status.blobs().diskBytes());
    ObjectNode counters = node.putObject("counters");
    status
        .counters()
        .forEach((metric, sum) -> counters.put(metric.name().toLowerCase(Locale.ROOT), sum));
    return node;
  }

  private long uptimeSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos);
  }
}
