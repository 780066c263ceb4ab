package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Joining and reaching a relay when something is wrong: refused, explained, nothing changed. */
@DisabledOnOs(OS.WINDOWS)
class JoinFailureIT {
  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static Path newcomer;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch);
    relay = RelayProgram.serve(stage, "relay", 0);
    newcomer = scratch.resolve("newcomer");
    stage.at(scratch.resolve("alice"), "join", relay.invite(), "--name", "alice").ok();
  }

  @AfterAll
  static void nothingOfItLeftATraceAndTheSameHomeStillJoins() throws Exception {
    try (Stage ends = stage) {
      assertEquals(Set.of("alice"), relay.users());
      stage.at(newcomer, "status", "--no-input").refused(FaultCode.NOT_JOINED);
      stage.at(newcomer, "join", relay.invite(), "--name", "nora", "--no-input").ok();
      assertEquals(Set.of("alice", "nora"), relay.users());
    }
  }

  private static void refused(String tried, FaultCode code, String invite, String name)
      throws Exception {
    Ran ran = stage.at(newcomer, "join", invite, "--name", name, "--no-input");
    OutcomeTable.note(tried, ran).refused(code);
  }

  @Test
  void expiredInviteIsRefused() throws Exception {
    String invite = relay.invite(1, Duration.ofSeconds(1));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!relay.ask("invite.ls", LocalClient.args()).findValuesAsText("state").contains("expired")
        && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    refused("invite expired", FaultCode.INVITE_EXPIRED, invite, "nora");
  }

  @Test
  void whoHasJustJoinedCanBeWrittenTo() throws Exception {
    Path first = scratch.resolve("uma");
    RelayProgram other = RelayProgram.serve(stage, "fresh", 0);
    stage.at(first, "join", other.invite(), "--name", "uma").ok();
    stage.at(scratch.resolve("ugo"), "join", other.invite(), "--name", "ugo").ok();
    stage.at(first, "msg", "ugo", "welcome", "--timeout", "30s", "--no-input").ok();
    // From somebody new, so it is stored only once their record was looked up.
    Ran inbox = stage.at(scratch.resolve("ugo"), "inbox", "--no-input").ok();
    assertTrue(inbox.out().contains("welcome"), inbox::toString);
    other.stop();
  }

  @Test
  void usedInviteIsRefused() throws Exception {
    RelayProgram other = RelayProgram.serve(stage, "used", 0);
    String invite = other.invite(1, Duration.ofDays(1));
    stage.at(scratch.resolve("first"), "join", invite, "--name", "first").ok();
    refused("invite used", FaultCode.INVITE_USED, invite, "nora");
    assertEquals(Set.of("first"), other.users());
    other.stop();
  }

  @Test
  void revokedInviteIsRefused() throws Exception {
    JsonNode made =
        relay.ask(
            "invite.create",
            LocalClient.args().put("uses", 3).put("expiresMillis", 60_000).put("note", ""));
    relay.ask("invite.revoke", LocalClient.args().put("id", made.path("id").asText()));
    refused("invite revoked", FaultCode.INVITE_REVOKED, made.path("invite").asText(), "nora");
  }

  @Test
  void mistypedInviteIsRefusedBeforeAnythingIsSent() throws Exception {
    String invite = relay.invite();
    int at = invite.length() - 12;
    char other = invite.charAt(at) == 'X' ? 'Y' : 'X';
    String mistyped = invite.substring(0, at) + other + invite.substring(at + 1);
    refused("invite mistyped", FaultCode.INVITE_MALFORMED, mistyped, "nora");
    refused("invite cut short", FaultCode.INVITE_MALFORMED, invite.substring(0, 60), "nora");
  }

  @Test
  void inviteOfAnotherRelayIsRefused() throws Exception {
    refused("invite unknown", FaultCode.INVITE_UNKNOWN, relay.foreignInvite(), "nora");
    Invite own = Invite.parse(relay.invite());
    byte[] stranger = new byte[32];
    stranger[0] = 9;
    Invite forged =
        new Invite(
            own.addresses(), dev.waxwing.wire.Bytes.of(stranger), own.binding(), own.token());
    refused(
        "invite of another relay at this address",
        FaultCode.RELAY_IDENTITY_CHANGED,
        forged.toText(),
        "nora");
  }

  @Test
  void userIdThatCannotBeIsRefused() throws Exception {
    String invite = relay.invite();
    refused("user ID taken", FaultCode.USER_TAKEN, invite, "alice");
    refused("user ID reserved", FaultCode.USER_RESERVED, invite, "admin");
    refused("user ID malformed", FaultCode.USER_MALFORMED, invite, "Al ice");
    refused("user ID one letter", FaultCode.USER_MALFORMED, invite, "a");
    refused("user ID look-alike (Cyrillic а)", FaultCode.USER_MALFORMED, invite, "\u0430lice");
    refused("user ID full-width", FaultCode.USER_MALFORMED, invite, "\uff41lice");
    refused("user ID zero-width joiner", FaultCode.USER_MALFORMED, invite, "ali\u200dce");
  }

  @Test
  void hubPasswordIsAskedForAndChecked() throws Exception {
    Path password = Files.writeString(scratch.resolve("password"), "correct-horse-staple\n");
    Files.setPosixFilePermissions(
        password, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    RelayProgram hub =
        RelayProgram.serve(stage, "hub", 0, "--hub-password-file", password.toString());
    refused("hub password not given", FaultCode.HUB_PASSWORD_NEEDED, hub.invite(), "nora");
    Path wrong = Files.writeString(scratch.resolve("wrong"), "incorrect-horse\n");
    String[] words = {"join", hub.invite(), "--name", "nora", "--no-input", "--hub-password-file"};
    OutcomeTable.note("hub password wrong", stage.at(newcomer, with(words, wrong.toString())))
        .refused(FaultCode.HUB_PASSWORD_WRONG);
    assertEquals(Set.of(), hub.users());
    Path home = scratch.resolve("member");
    OutcomeTable.note("hub password right", stage.at(home, with(words, password.toString()))).ok();
    hub.stop();
  }

  private static String[] with(String[] words, String last) {
    String[] all = java.util.Arrays.copyOf(words, words.length + 1);
    all[words.length] = last;
    return all;
  }

  @Test
  void whatAnswersButIsNoRelayIsNamed() throws Exception {
    try (OtherServers servers = new OtherServers(relay.dir.resolve("keys"))) {
      at("nothing listens there", FaultCode.NETWORK_UNREACHABLE, servers.nothing());
      at("plain HTTP on the port", FaultCode.NOT_TLS, servers.plainHttp());
      at("SSH on the port", FaultCode.NOT_TLS, servers.ssh());
      at("an HTTPS server that is no relay", FaultCode.NOT_A_RELAY, servers.https());
      at("accepts and says nothing", FaultCode.NETWORK_UNREACHABLE, servers.silent());
    }
  }

  private static void at(String tried, FaultCode code, int port) throws Exception {
    refused(tried, code, relay.inviteAt("127.0.0.1:" + port), "nora");
  }

  @Test
  void relayThatIsAnotherNowIsRefusedAndOneWithAnotherCertificateIsNot() throws Exception {
    Path home = scratch.resolve("zoe");
    RelayProgram first = RelayProgram.serve(stage, "first-relay", 0);
    stage.at(home, "join", first.invite(), "--name", "zoe").ok();
    first.stop();
    Ran down = stage.at(home, "msg", "zoe", "note", "--timeout", "2s", "--no-input");
    OutcomeTable.note("relay down", down).refused(FaultCode.NETWORK_UNREACHABLE);

    RelayProgram impostor = RelayProgram.serve(stage, "second-relay", first.port);
    Ran changed = stage.at(home, "msg", "zoe", "note", "--no-input");
    OutcomeTable.note("relay identity changed", changed).refused(FaultCode.RELAY_IDENTITY_CHANGED);
    assertEquals(Set.of(), impostor.users());
    impostor.stop();

    for (String file : List.of("tls-certificate.pem", "tls-key.pem")) {
      Files.delete(first.dir.resolve("keys").resolve(file));
    }
    RelayProgram renewed = RelayProgram.serve(stage, "first-relay", first.port);
    Ran same = stage.at(home, "msg", "zoe", "note", "--no-input");
    OutcomeTable.note("certificate changed, identity same", same).ok();
    assertTrue(same.err().contains("note to yourself"), same::toString);
    renewed.stop();
  }
}
