package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage.Deliver;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Message;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Mail that is changed, invented, or said to come from somebody else. */
class EvilForgeryTest extends EvilStage {
  /** Where the ratchet's header begins in a message that opens no session. */
  private static final int HEADER = 2;

  private static final int BODY = HEADER + 41;

  private Deliver head(MessageId id, Address from) {
    return new Deliver(1 + random.nextInt(1_000_000), id, from, 0);
  }

  private MessageId freshId() {
    return new MessageId(Bytes.of(bytes(MessageId.LENGTH)));
  }

  private Address device(Someone of) {
    return new Address(of.user, of.peer().self().device());
  }

  private void awaitAck(Someone by, MessageId id) {
    Someone.until(
        "an ack of " + id,
        () ->
            evil.passed(it -> it.from(by.user, PeerMessage.Ack.class))
                .flatMap(it -> ((PeerMessage.Ack) it.message()).mail().stream())
                .anyMatch(row -> row.id().equals(id)));
  }

  /** Alters what alice's next message is when it first comes to bob, and lets it be asked for. */
  private void altered(String text, UnaryOperator<byte[]> how) {
    Set<MessageId> touched = ConcurrentHashMap.newKeySet();
    evil.play(
        it -> {
          if (it.message() instanceof Deliver mail
              && it.to(bob.user, Deliver.class)
              && touched.isEmpty()) {
            touched.add(mail.id());
            it.pass(how.apply(it.body()));
          } else {
            it.pass();
          }
        });
    alice.tells(bob, text);
    assertEquals(1, touched.size());
  }

  private static UnaryOperator<byte[]> flip(int at) {
    return body -> {
      byte[] other = body.clone();
      other[at < 0 ? body.length + at : at] ^= 1;
      return other;
    };
  }

  @Test
  @Case(
      id = "E10",
      relay = "flips a bit of kind, ratchet key, count, salt, text or tag",
      peer = "set aside and asked for again; shown once, as it was written")
  void whatIsChangedIsAskedForAgain() {
    acquaint();
    List<String> said = new ArrayList<>(List.of("hello"));
    for (int at :
        List.of(1, HEADER + 1, HEADER + 33, HEADER + 37, HEADER + 40, BODY, BODY + 16, -1)) {
      altered("changed at " + at, flip(at));
      said.add("changed at " + at);
    }
    assertEquals(said, bob.heard(alice));
  }

  @Test
  @Case(
      id = "E11",
      relay =
          "changes the opening of a first message: device, key, prekey IDs, KEM kind, ciphertext",
      peer = "not opened, and nothing is used up by it: the true one opens")
  void whatOpensASessionIsAuthenticatedToo() {
    bob.peer().addContact(alice.user);
    evil.play(
        it -> {
          if (!it.to(bob.user, Deliver.class)) {
            it.pass();
          }
        });
    Message sent = alice.writes(bob, "the first");
    Passing mail = delivery(sent.id());
    Line line = evil.line(bob.user);
    // devA, EK_A, spkId, kemKind, kemId, opk, opkId, ct
    for (int at : List.of(2, 10, 49, 50, 58, 59, 67, 1_000)) {
      MessageId id = freshId();
      line.say(head(id, device(alice)), flip(at).apply(mail.body()));
      awaitAck(bob, id);
    }
    assertEquals(List.of(), bob.heard(alice));
    evil.behave();
    mail.pass();
    Someone.until("the true one", () -> bob.heard(alice).equals(List.of("the first")));
  }

  @Test
  @Case(
      id = "E12",
      relay = "cuts a message short, empties it, lengthens it beyond the limit",
      peer = "set aside and asked for again")
  void whatIsCutOrLengthenedIsAskedForAgain() {
    acquaint();
    altered("cut", body -> Arrays.copyOf(body, body.length - 1));
    altered("cut in the header", body -> Arrays.copyOf(body, HEADER + 3));
    altered("emptied", body -> new byte[0]);
    altered("lengthened", body -> Arrays.copyOf(body, body.length + 256));
    altered("too long", body -> Arrays.copyOf(body, WireLimits.MAX_SEALED_MESSAGE + 1));
    altered("far too long", body -> Arrays.copyOf(body, WireLimits.MAX_BODY));
    assertEquals(7, bob.heard(alice).size());
  }

  @Test
  @Case(
      id = "E13",
      relay = "names another suite (downgrade)",
      peer = "set aside; the person is told that it needs a newer program")
  void anotherSuiteIsToldAndNotTried() {
    acquaint();
    for (byte suite : new byte[] {0, 2, -1}) {
      Message sent = alice.writes(bob, "x");
      Passing mail = delivery(sent.id());
      awaitAck(bob, sent.id());
      byte[] other = mail.body();
      other[0] = suite;
      MessageId id = freshId();
      evil.line(bob.user).say(head(id, ((Deliver) mail.message()).from()), other);
      awaitAck(bob, id);
    }
    Someone.until(
        "three notices",
        () ->
            bob.notices().stream().filter(it -> it.contains("needs a newer program")).count() == 3);
  }

  @Test
  @Case(
      id = "E14",
      relay = "brings a message of one person as another's whom the receiver knows",
      peer = "nothing is shown as theirs")
  void oneIsNotShownAsAnother() {
    Someone carol = another("carol");
    acquaint();
    acquaint(carol, bob);
    Message sent = alice.writes(bob, "from alice");
    Passing mail = delivery(sent.id());
    MessageId id = freshId();
    evil.line(bob.user).say(head(id, device(carol)), mail.body());
    awaitAck(bob, id);
    assertEquals(List.of("hello"), bob.heard(carol));
    carol.tells(bob, "the real carol");
    assertEquals(List.of("hello", "the real carol"), bob.heard(carol));
  }

  @Test
  @Case(
      id = "E15",
      relay = "brings a message to somebody it was not written to",
      peer = "cannot be read there; the one it was for has it once")
  void whatIsForOneIsNotReadByAnother() {
    Someone carol = another("carol");
    acquaint();
    acquaint(alice, carol);
    Message sent = alice.writes(bob, "for bob");
    Passing mail = delivery(sent.id());
    evil.line(carol.user).toPeer(mail.frame());
    awaitAck(carol, sent.id());
    assertEquals(List.of("hello"), carol.heard(alice));
    assertTrue(alice.notices().isEmpty(), () -> alice.notices().toString());
    alice.tells(carol, "for carol");
    assertEquals(List.of("hello", "for carol"), carol.heard(alice));
    assertEquals(List.of("hello", "for bob"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E16",
      relay = "brings a message back to who wrote it, as the other's and as their own",
      peer = "nothing is shown; of the second the person is told")
  void whatOneWroteIsNotTakenForAnAnswer() {
    acquaint();
    Message sent = alice.writes(bob, "mine");
    Passing mail = delivery(sent.id());
    MessageId asBobs = freshId();
    MessageId asMine = freshId();
    Line line = evil.line(alice.user);
    line.say(head(asBobs, device(bob)), mail.body());
    line.say(head(asMine, device(alice)), mail.body());
    awaitAck(alice, asBobs);
    awaitAck(alice, asMine);
    assertEquals(List.of("hello"), alice.heard(bob));
    Someone.until(
        "a notice",
        () -> alice.notices().stream().anyMatch(it -> it.contains("pretends to come from here")));
  }

  @Test
  @Case(
      id = "E17",
      relay = "says a message comes from another device of its writer",
      peer = "no record names it: set aside, the person is told")
  void anUnknownDeviceSaysNothing() {
    acquaint();
    Message sent = alice.writes(bob, "from here");
    Passing mail = delivery(sent.id());
    MessageId id = freshId();
    Address ghost = new Address(alice.user, new DeviceId(Bytes.of(bytes(DeviceId.LENGTH))));
    evil.line(bob.user).say(head(id, ghost), mail.body());
    awaitAck(bob, id);
    Someone.until(
        "a notice",
        () -> bob.notices().stream().anyMatch(it -> it.contains("nothing tells how to read it")));
    assertEquals(List.of("hello", "from here"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E18",
      relay = "puts a message under another ID, that of a line the receiver wrote included",
      peer = "not shown under it; the person is told; the true one comes when asked for")
  void theIdOutsideIsTheOneInside() {
    acquaint();
    MessageId lineOfBobs = bob.lines(alice).get(1).id();
    List<MessageId> said = new ArrayList<>();
    for (MessageId wrong : List.of(freshId(), lineOfBobs)) {
      evil.play(
          it -> {
            if (it.message() instanceof Deliver mail
                && it.to(bob.user, Deliver.class)
                && !said.contains(mail.id())) {
              said.add(mail.id());
              it.line().say(new Deliver(mail.seq(), wrong, mail.from(), mail.at()), it.body());
            } else {
              it.pass();
            }
          });
      Message sent = alice.writes(bob, "under its own ID");
      awaitAck(bob, wrong);
      assertFalse(
          bob.lines(alice).stream().anyMatch(line -> line.id().equals(sent.id())), "not yet");
      evil.behave();
      // Its row is still in the mailbox: an ack removes what it names, and this was not named.
      evil.hangUp(bob.user);
      Someone.until(
          "the true one",
          () -> bob.lines(alice).stream().anyMatch(line -> line.id().equals(sent.id())));
    }
    assertEquals(
        2,
        bob.notices().stream().filter(it -> it.contains("not what a message must be")).count(),
        () -> bob.notices().toString());
    assertEquals(3, bob.heard(alice).size());
  }

  @Test
  @Case(
      id = "E19",
      relay = "invents fifteen hundred messages of a person the receiver knows",
      peer = "none is shown; at most ten requests an hour leave for them")
  void inventedMailCostsLittle() {
    acquaint();
    long before = sent(bob);
    MessageId last = null;
    for (int i = 0; i < 1_500; i++) {
      byte[] body = bytes(700);
      body[0] = 1;
      body[1] = 2;
      body[2] = 1;
      last = freshId();
      evil.line(bob.user).say(head(last, device(alice)), body);
    }
    awaitAck(bob, last);
    bob.tells(alice, "still here");
    long more = sent(bob) - before;
    assertTrue(more <= 16, () -> more + " messages left");
    assertEquals(List.of("hello"), bob.heard(alice));
  }

  private long sent(Someone by) {
    return evil.passed(it -> it.from(by.user, PeerMessage.Send.class)).count();
  }

  @Test
  @Case(
      id = "E20",
      relay = "brings mail of people there are not, and never answers who they are",
      peer = "a bounded number waits; then the connection ends and another begins")
  void mailOfNobodyIsBounded() {
    acquaint();
    Line first = evil.line(bob.user);
    evil.play(
        it -> {
          if (!(it.line() == first && it.from(bob.user, PeerMessage.FindUser.class))) {
            it.pass();
          }
        });
    Address nobody =
        new Address(new UserId("nobody-at-all"), new DeviceId(Bytes.of(new byte[DeviceId.LENGTH])));
    for (int i = 0; i < 1_100; i++) {
      first.say(head(freshId(), nobody), bytes(100));
    }
    Someone.until("its end", () -> !first.open());
    Someone.until("the next", () -> evil.find(bob.user).isPresent());
  }
}
