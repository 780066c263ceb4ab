package dev.waxwing.relay.core;

import dev.waxwing.relay.core.HubEffect.Metric;
import java.util.Map;

/**
 * A snapshot of the hub for status and metrics pages.
 *
 * @param state whether it takes work
 * @param connections by what they are
 * @param usersOnline users with at least one control session
 * @param blobs what blobs take
 * @param counters sums since the start
 */
public record HubStatus(
    State state,
    Connections connections,
    int usersOnline,
    Blobs blobs,
    Map<Metric, Long> counters) {

  /** Whether the hub takes work. */
  public enum State {
    RUNNING,
    /** The store has no room: messages are refused, and taken again when there is. */
    DISK_FULL,
    /** The store failed and stays so until a restart. */
    STOPPED,
    /** The store's structure is damaged and stays so until it is restored from a backup. */
    CORRUPT,
    /** The relay is about to end. */
    DRAINING
  }

  /**
   * Connections by what they are.
   *
   * @param fresh not logged in yet
   * @param control logged in
   * @param data bound
   */
  public record Connections(int fresh, int control, int data) {}

  /**
   * What blobs take.
   *
   * @param count known to the hub
   * @param memoryBytes parts in memory
   * @param diskBytes parts on disk
   */
  public record Blobs(int count, long memoryBytes, long diskBytes) {}
}
