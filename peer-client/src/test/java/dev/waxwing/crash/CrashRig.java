package dev.waxwing.crash;

import dev.waxwing.crash.CrashPoint.Side;
import dev.waxwing.system.Program;
import dev.waxwing.system.Town;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A relay and two people, each a process of the built program that a debugger can hold still. */
final class CrashRig implements AutoCloseable {
  /** The load is no attack. */
  static final String[] LIMITS = {"--message-rate", "100000"};

  final Town town;
  final Voice alice;
  final Voice bob;
  private int relayPort;

  CrashRig(Path folder) throws IOException, InterruptedException {
    town = new Town(folder, LIMITS);
    alice = new Voice(town, "alice", town.join("alice").home);
    bob = new Voice(town, "bob", town.join("bob").home);
    alice.start();
    bob.start();
    town.relay().end();
    openRelay();
  }

  private void openRelay() throws IOException, InterruptedException {
    relayPort = Voice.freePort();
    town.openRelay(List.of(), Map.of("WAXWING_JAVA_OPTS", Voice.debugging(relayPort)));
  }

  /** A debugger of one of the programs. */
  Debugger debug(Side side) {
    return Debugger.attach(
        switch (side) {
          case RELAY -> relayPort;
          case ALICE -> alice.debugPort();
          case BOB -> bob.debugPort();
        });
  }

  Program program(Side side) {
    return switch (side) {
      case RELAY -> town.relay();
      case ALICE -> alice.program();
      case BOB -> bob.program();
    };
  }

  /** Ends one of the programs as a power cut would, for its process alone. */
  void kill(Side side) throws InterruptedException {
    switch (side) {
      case RELAY -> town.relay().kill();
      case ALICE -> alice.kill();
      case BOB -> bob.kill();
    }
  }

  /** Starts a killed program again; it must open what the last one left. */
  void restart(Side side) throws IOException, InterruptedException {
    switch (side) {
      case RELAY -> openRelay();
      case ALICE -> alice.start();
      case BOB -> bob.start();
    }
  }

  @Override
  public void close() throws IOException {
    alice.close();
    bob.close();
    town.close();
  }
}
