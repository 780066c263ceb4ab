package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A relay that does not answer: each wait ends, with a fault that says so. Takes two minutes. */
class EvilPatienceCampaign extends EvilStage {
  /** Whatever is said to bob that is of this kind never comes. */
  private void swallow(Class<? extends RelayMessage> kind, Someone of) {
    evil.play(
        it -> {
          if (!(kind.isInstance(it.message()) && (of == null || it.line().isOf(of.user)))) {
            it.pass();
          }
        });
  }

  @Test
  @Case(id = "E90", relay = "does not answer hello", peer = "gives up that connection, says so")
  void helloIsWaitedForSoLong() {
    acquaint();
    swallow(RelayMessage.RelayHello.class, null);
    evil.hangUp(bob.user);
    Someone.until("it", () -> bob.peer().link().fault() == FaultCode.RELAY_TIMEOUT);
    evil.behave();
    bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
  }

  @Test
  @Case(id = "E91", relay = "does not answer a login", peer = "gives up that connection, says so")
  void aLoginIsWaitedForSoLong() {
    acquaint();
    swallow(RelayMessage.Welcome.class, bob);
    evil.hangUp(bob.user);
    Someone.until("it", () -> bob.peer().link().fault() == FaultCode.RELAY_TIMEOUT);
    evil.behave();
    bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
  }

  @Test
  @Case(
      id = "E92",
      relay = "does not say who somebody is, nor what it did with a request",
      peer = "each caller hears RELAY_TIMEOUT; the connection stays")
  void anAnswerIsWaitedForSoLong() {
    acquaint();
    Someone carol = another("carol");
    swallow(RelayMessage.UserFound.class, bob);
    Fault look = assertThrows(Fault.class, () -> bob.peer().addContact(carol.user));
    assertEquals(FaultCode.RELAY_TIMEOUT, look.code());
    swallow(RelayMessage.Done.class, bob);
    Fault block = assertThrows(Fault.class, () -> bob.peer().blockContact(alice.user, true));
    assertEquals(FaultCode.RELAY_TIMEOUT, block.code());
    alice.tells(bob, "meanwhile");
    evil.behave();
    bob.peer().blockContact(alice.user, false);
  }

  @Test
  @Case(
      id = "E93",
      relay = "does not answer who opens a data connection, nor where to put a file from",
      peer = "closes it and tries again; the file goes once it answers")
  void aDataConnectionIsWaitedForSoLong() throws Exception {
    acquaint();
    for (Class<? extends RelayMessage> kind :
        List.of(RelayMessage.Bound.class, RelayMessage.PutFrom.class)) {
      List<Line> opened = new CopyOnWriteArrayList<>();
      evil.play(
          it -> {
            if (it.message() instanceof PeerMessage.Bind && it.line().isOf(alice.user)) {
              opened.add(it.line());
            }
            if (!(kind.isInstance(it.message()) && it.line().isOf(alice.user))) {
              it.pass();
            }
          });
      BlobId blob =
          alice
              .peer()
              .send(
                  new SendRequest(
                      List.of(bob.user),
                      List.of(
                          Files.write(folder.resolve(kind.getSimpleName()), bytes(100)).toString()),
                      null,
                      ""))
              .id();
      Someone.until("a second connection", () -> opened.size() >= 2);
      Someone.until("the end of the first", () -> !opened.get(0).open());
      assertTrue(alice.peer().transfer(blob).state() != TransferState.FAILED);
      evil.behave();
      evil.hangUp(alice.user);
      alice.peer().awaitTransfer(blob, TransferState.AT_RELAY, Someone.PATIENCE_MILLIS);
      assertEquals(TransferState.AT_RELAY, alice.peer().transfer(blob).state());
    }
  }

  @Test
  @Case(
      id = "E94",
      relay = "keeps a newcomer who has just joined busy and takes no prekeys",
      peer = "joining ends all the same; the prekeys go with the next connection")
  void joiningEndsWhateverTheRelaySays() {
    evil.play(
        it -> {
          boolean published = it.message() instanceof PeerMessage.PublishPrekeys;
          if (!published) {
            it.pass();
          } else {
            // Something now and then, and never the answer.
            it.line().say(new RelayMessage.Presence(alice.user, true));
            long[] timers = new long[1];
            timers[0] =
                evil.honest.vertx.setPeriodic(
                    500,
                    tick -> {
                      if (it.line().open()) {
                        it.line().say(new RelayMessage.Presence(alice.user, true));
                      } else {
                        evil.honest.vertx.cancelTimer(timers[0]);
                      }
                    });
          }
        });
    Someone carol = Someone.joined(evil, folder, "carol-busy");
    evil.behave();
    carol.come();
    try (carol) {
      alice.reaches(carol, "welcome");
    }
  }
}
