package dev.waxwing.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A running relay, and its operator at the local socket. */
final class RelayProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final Path dir;
  final int port;
  private final Stage.Running running;

  private RelayProgram(Path dir, int port, Stage.Running running) {
    this.dir = dir;
    this.port = port;
    this.running = running;
  }

  /**
   * Starts one and waits until it listens.
   *
   * @param port 0 for a free one
   */
  static RelayProgram serve(Stage stage, String dir, int port, String... flags) throws IOException {
    Path at = stage.root.resolve(dir);
    List<String> words =
        new ArrayList<>(List.of("serve", "--json", "--dir", at.toString(), "--host", "127.0.0.1"));
    words.addAll(List.of("--port", "" + port, "--login-rate", "1000", "--lookup-rate", "1000"));
    words.addAll(List.of(flags));
    Stage.Running running = stage.start(Stage.relayProgram(), words, "");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.readString(running.out()).endsWith("\n")) {
      if (!running.process().isAlive() || System.nanoTime() > until) {
        throw new AssertionError("no relay: " + running.said());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    JsonNode ready = new JsonMapper().readTree(running.out().toFile());
    return new RelayProgram(at, ready.path("result").path("port").asInt(), running);
  }

  /** What the operator asks. */
  JsonNode ask(String call, ObjectNode args) {
    try (LocalClient client = LocalClient.connect(dir, PATIENCE).orElseThrow()) {
      return client.call(call, args, PATIENCE);
    }
  }

  /** An invite for many. */
  String invite() {
    return invite(100, Duration.ofDays(1));
  }

  String invite(int uses, Duration good) {
    ObjectNode args =
        LocalClient.args().put("uses", uses).put("expiresMillis", good.toMillis()).put("note", "");
    return ask("invite.create", args).path("invite").asText();
  }

  /** This relay's invite with another address in it. */
  String inviteAt(String address) {
    Invite own = Invite.parse(invite());
    return new Invite(List.of(address), own.relay(), own.binding(), own.token()).toText();
  }

  /** An invite with a token the relay never made. */
  String foreignInvite() {
    Invite own = Invite.parse(invite());
    Bytes token = Bytes.of(new byte[Invite.TOKEN]);
    return new Invite(own.addresses(), own.relay(), own.binding(), token).toText();
  }

  Set<String> users() {
    Set<String> users = new TreeSet<>();
    ask("users.ls", LocalClient.args()).findValues("user").forEach(u -> users.add(u.asText()));
    return users;
  }

  boolean alive() {
    return running.process().isAlive();
  }

  /** Everything it logged so far. */
  String log() throws IOException {
    return Files.readString(running.err());
  }

  /** What it said beside its log. */
  Stage.Running running() {
    return running;
  }

  /** Ends it as an init system would. */
  Ran stop() throws IOException, InterruptedException {
    return Stage.stop(running);
  }
}
