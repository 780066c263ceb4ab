package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * All of it on this machine: a relay and two peers as processes of their own, shown step by step.
 */
final class Demo {
  private final Voice voice;
  private final Stop stop;

  /**
   * What to show.
   *
   * @param file what is sent; null for one made for it
   * @param relayJar the relay; null to look for it
   */
  record Request(@Nullable Path file, @Nullable Path relayJar) {}

  Demo(Voice voice, Stop stop) {
    this.voice = voice;
    this.stop = stop;
  }

  /** Runs it and cleans up; returns the exit code. */
  int run(Request request) {
    stop.check();
    voice.detail("%s", request);
    throw new Fault(FaultCode.UNAVAILABLE, "the demo is not in this build");
  }
}
