package dev.waxwing.peer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.waxwing.peer.cli.DemoCast.Remarks;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of it on this machine: a relay and two peers as processes of their own, shown step by step.
 */
final class Demo {
  private static final int SHOWN_BYTES = 24;

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
    Path peerJar = DemoStage.peerJar();
    Path relayJar = DemoStage.relayJar(peerJar, request.relayJar());
    try (DemoStage stage = new DemoStage();
        DemoCast cast = new DemoCast(peerJar, relayJar)) {
      new Play(stage, cast).perform(stage.file(request.file()));
    }
    voice.done("Everything arrived, and the relay could read none of it.");
    voice.next("start your own relay: waxwing-relay serve");
    return 0;
  }

  /** One performance. */
  private final class Play {
    private final DemoStage stage;
    private final DemoCast cast;
    private final Path relay;
    private final Path alice;
    private final Path bob;

    Play(DemoStage stage, DemoCast cast) {
      this.stage = stage;
      this.cast = cast;
      this.relay = stage.at("relay");
      this.alice = stage.at("alice");
      this.bob = stage.at("bob");
    }

    void perform(Path file) {
      stop.check();
      int port = DemoStage.freePort();
      voice.note("1. A relay starts on 127.0.0.1:%s. It will see only ciphertext.", port);
      cast.relay(
          List.of("serve", "--dir", relay.toString(), "--host", "127.0.0.1", "--port", "" + port));
      String invite = invite();
      voice.note("2. Alice and Bob join with one invite, each with keys of their own.");
      peer(alice, "join", invite, "--name", "alice", "--no-input");
      peer(bob, "join", invite, "--name", "bob", "--no-input");
      verify();
      chat();
      live(file);
      away();
    }

    /** Asked for until the relay is up. */
    private String invite() {
      Fault last = new Fault(FaultCode.INTERNAL, "the relay did not start");
      for (int tries = 0; tries < 10; tries++) {
        stop.check();
        try {
          return cast.relayCommand(
              List.of("invite", "create", "--dir", relay.toString(), "--uses", "2"));
        } catch (Fault fault) {
          last = fault;
        }
      }
      throw last;
    }

    private String peer(Path home, String... arguments) {
      stop.check();
      return cast.peerCommand(home, Remarks.HIDDEN, List.of(arguments));
    }

    private void verify() {
      String hers = number(peer(alice, "verify", "bob", "--yes", "--json"));
      String his = number(peer(bob, "verify", "alice", "--yes", "--json"));
      if (!hers.equals(his)) {
        throw new Fault(FaultCode.KEY_CHANGED, "the two safety numbers differ");
      }
      voice.note("3. They compare safety numbers, and they are the same:");
      VerifyCommand.lines(hers).forEach(line -> voice.note("     %s", line));
    }

    private String number(String document) {
      return parse(document).path("safetyNumber").asText();
    }

    private void chat() {
      voice.note("4. They talk.");
      String hello = "Hello Bob – nobody between us can read this.";
      String answer = "Hello Alice! Not even the one who runs the relay.";
      try (DemoCast.Role listening =
          cast.peer(bob, List.of("listen", "--types", "message", "--json"))) {
        peer(alice, "msg", "bob", hello);
        said("alice → bob", parse(listening.await("\"message\"")).path("text").asText(), hello);
        peer(bob, "msg", "alice", answer);
      }
      JsonNode inbox = parse(peer(alice, "inbox", "--json"));
      String heard = inbox.findPath("text").asText();
      said("bob → alice", heard, answer);
    }

    private void said(String way, String heard, String expected) {
      if (!heard.equals(expected)) {
        throw new Fault(FaultCode.INTERNAL, "a message arrived changed");
      }
      voice.note("     %s  %s", way, heard);
    }

    private void live(Path file) {
      voice.note("5. Alice sends %s while Bob waits for it.", file.getFileName());
      Path saved = stage.at("bob-live");
      try (DemoCast.Role waiting =
          cast.peer(
              bob,
              List.of("receive", "--watch", "--to", saved.toString(), "--no-input", "--json"))) {
        stop.check();
        cast.peerCommand(
            alice,
            Remarks.SHOWN,
            List.of("send", "bob", file.toString(), "--wait", "--timeout", "10m"));
      }
      same(file, saved.resolve(String.valueOf(file.getFileName())));
    }

    private void away() {
      Path letter = stage.note();
      voice.note("6. Bob is away. Alice sends a letter; the relay keeps it.");
      cast.peerCommand(alice, Remarks.SHOWN, List.of("send", "bob", letter.toString()));
      Path segment =
          DemoStage.segment(relay)
              .orElseThrow(() -> new Fault(FaultCode.INTERNAL, "the relay keeps nothing for Bob"));
      voice.note("     what Alice wrote    %s", DemoStage.hex(letter, 0, SHOWN_BYTES));
      voice.note(
          "     what the relay has  %s",
          DemoStage.hex(segment, WireLimits.AGE_PREFIX, SHOWN_BYTES));
      voice.note("7. Bob comes back and fetches it.");
      Path saved = stage.at("bob-later");
      peer(bob, "receive", "--all", "--to", saved.toString(), "--no-input");
      same(letter, saved.resolve(String.valueOf(letter.getFileName())));
    }

    private void same(Path sent, Path received) {
      String hash = DemoStage.hash(sent);
      if (!hash.equals(DemoStage.hash(received))) {
        throw new Fault(FaultCode.ROOT_MISMATCH, "a file arrived changed");
      }
      voice.note("     the same at both ends: SHA-256 %s…", hash.substring(0, 24));
    }

    private JsonNode parse(String document) {
      try {
        return new JsonMapper().readTree(document);
      } catch (JsonProcessingException e) {
        throw new Fault(FaultCode.INTERNAL, "a command of the demo printed no JSON", e);
      }
    }
  }
}
