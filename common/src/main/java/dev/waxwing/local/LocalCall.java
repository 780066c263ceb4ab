package dev.waxwing.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.wire.Fault;

/**
 * One request that arrived on the local socket. Answered once, with {@link #result} or {@link
 * #fail}, from any thread; later answers and events are dropped.
 */
public interface LocalCall {
  /** What is asked. */
  String name();

  /** Its arguments, an object, possibly empty; from another process of the same user. */
  JsonNode args();

  /** Sends one item of a call that streams. */
  void event(JsonNode event);

  /**
   * Whether the caller is so slow that half of the room for what it has not taken is used up: when
   * all is, its connection ends.
   */
  boolean crowded();

  /** Ends the call well. */
  void result(JsonNode result);

  /** Ends the call with a failure. */
  void fail(Fault fault);

  /**
   * Runs {@code action} once when the caller cancels or its connection ends before the answer; at
   * once when that has happened already.
   */
  void onCancel(Runnable action);

  /**
   * Runs {@code action} once when the caller's connection ends, answered or not; at once when it
   * has. On the connection's thread, which serves nobody any more and may be blocked.
   *
   * @return takes it back
   * @throws Fault RATE_LIMITED when the connection has too many of them
   */
  Runnable onGone(Runnable action);
}
