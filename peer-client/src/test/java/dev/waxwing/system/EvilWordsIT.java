package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.evil.EvilRelay;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a person at the terminal reads when the relay misbehaves, and what their program says. */
@DisabledOnOs(OS.WINDOWS)
class EvilWordsIT {
  @TempDir static Path scratch;

  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");

  private static Stage stage;
  private static EvilRelay evil;
  private static Path alice;
  private static Path bob;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch);
    evil = new EvilRelay(scratch.resolve("relay"));
    alice = scratch.resolve("alice");
    bob = scratch.resolve("bob");
    stage.at(alice, "join", evil.invite().toText(), "--name", "alice", "--no-input").ok();
    stage.at(bob, "join", evil.invite().toText(), "--name", "bob", "--no-input").ok();
    stage.at(alice, "msg", "bob", "hello", "--no-input").ok();
  }

  @AfterEach
  void theyTalkAfterwards() throws Exception {
    evil.behave();
    stage.at(alice, "contacts", "add", "bob", "--no-input").ok();
    stage.at(alice, "msg", "bob", "afterwards", "--no-input").ok();
    Ran inbox = stage.at(bob, "inbox", "--no-input").ok();
    assertTrue(inbox.out().contains("afterwards"), inbox::toString);
    evil.forget();
  }

  @AfterAll
  static void close() throws Exception {
    try (Stage ends = stage) {
      evil.close();
    }
  }

  @Test
  void whatTheRelayExplainsActsOnNoTerminal() throws Exception {
    String acting = "\\u001b]0;owned\\u0007\\u001b[2J\\r\\nwaxwing: all is well".repeat(100);
    evil.play(
        it -> {
          if (it.message() instanceof PeerMessage.Send send && it.line().isOf(ALICE)) {
            it.line()
                .sayHeader(
                    "{\"t\":\"refused\",\"id\":\""
                        + send.id()
                        + "\",\"code\":\"DECLINED\",\"retryAfterMillis\":0,\"detail\":\""
                        + acting
                        + "\"}");
          } else {
            it.pass();
          }
        });
    Ran ran = stage.at(alice, "msg", "bob", "hello?", "--no-input").refused(FaultCode.DECLINED);
    assertTrue(ran.firstLine().length() < 800, ran::toString);
    assertEquals(
        1, ran.err().lines().filter(line -> line.startsWith("waxwing: ")).count(), ran::toString);
  }

  @Test
  void aRelayThatCallsItselfSomethingElseActsOnNoTerminal() throws Exception {
    evil.play(
        it -> {
          if (it.message() instanceof RelayMessage.RelayHello hello) {
            it.line()
                .say(
                    new RelayMessage.RelayHello(
                        hello.version(),
                        hello.relay(),
                        hello.challenge(),
                        hello.binding(),
                        hello.signature(),
                        "\u001b[2Jevil\u202e\r\nYou are root on",
                        true,
                        false));
          } else {
            it.pass();
          }
        });
    Path carol = scratch.resolve("carol");
    stage.at(carol, "join", evil.invite().toText(), "--name", "carol", "--no-input").ok();
    stage.at(carol, "status", "--no-input").ok();
  }

  @Test
  void aRelayOfAnotherIdentityIsTold() throws Exception {
    Identity own = RawPeer.identity("relay-x");
    evil.play(
        it -> {
          if (it.message() instanceof RelayMessage.RelayHello hello) {
            it.line()
                .say(
                    new RelayMessage.RelayHello(
                        hello.version(),
                        own.account().publicKey(),
                        hello.challenge(),
                        hello.binding(),
                        hello.signature(),
                        hello.name(),
                        true,
                        false));
          } else {
            it.pass();
          }
        });
    stage
        .at(alice, "contacts", "add", "bob", "--no-input")
        .refused(FaultCode.RELAY_IDENTITY_CHANGED);
    assertTrue(evil.passed(it -> it.from(BOB, PeerMessage.Login.class)).findAny().isEmpty());
  }
}
