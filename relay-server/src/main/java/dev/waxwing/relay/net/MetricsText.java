package dev.waxwing.relay.net;

import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.core.HubStatus;
import java.util.Locale;

/**
 * The relay's figures as OpenMetrics 1.0 text. Written by hand: thirty gauges and counters that the
 * hub sums up itself need no library of their own.
 */
public final class MetricsText {
  private final StringBuilder out = new StringBuilder();

  private MetricsText() {}

  /**
   * The whole page.
   *
   * @param openConnections of all kinds, also those that are not peers yet
   * @param uptimeSeconds since the start
   */
  public static String of(HubStatus status, int openConnections, long uptimeSeconds) {
    MetricsText text = new MetricsText();
    Runtime runtime = Runtime.getRuntime();
    text.gauge("up", status.state() == HubStatus.State.RUNNING ? 1 : 0, "Whether it takes work.");
    text.gauge("uptime_seconds", uptimeSeconds, "Time since the start.");
    text.gauge("sockets", openConnections, "Open TCP connections of all kinds.");
    text.gauge("connections_fresh", status.connections().fresh(), "Not logged in yet.");
    text.gauge("connections_control", status.connections().control(), "Devices logged in.");
    text.gauge("connections_data", status.connections().data(), "Connections for files.");
    text.gauge("users_online", status.usersOnline(), "Users with a device logged in.");
    text.gauge("blobs", status.blobs().count(), "Blobs known.");
    text.gauge("blob_memory_bytes", status.blobs().memoryBytes(), "Parts in memory.");
    text.gauge("blob_disk_bytes", status.blobs().diskBytes(), "Parts on disk.");
    text.gauge("heap_bytes", runtime.totalMemory() - runtime.freeMemory(), "Java heap in use.");
    for (Metric metric : Metric.values()) {
      text.counter(
          metric.name().toLowerCase(Locale.ROOT), status.counters().getOrDefault(metric, 0L));
    }
    return text.out.append("# EOF\n").toString();
  }

  private void gauge(String name, long value, String help) {
    out.append("# HELP waxwing_relay_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE waxwing_relay_").append(name).append(" gauge\n");
    out.append("waxwing_relay_").append(name).append(' ').append(value).append('\n');
  }

  private void counter(String name, long value) {
    out.append("# TYPE waxwing_relay_").append(name).append(" counter\n");
    out.append("waxwing_relay_").append(name).append("_total ").append(value).append('\n');
  }
}
