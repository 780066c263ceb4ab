package dev.waxwing.evil;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.RelayMessage.RelayHello;
import dev.waxwing.message.RelayMessage.Welcome;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Frames that are none, that answer nothing, or that never end. */
class EvilFramesTest extends EvilStage {
  private final BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));

  /** Says something to bob that ends his connection; he is there again by himself. */
  private void ends(String what, Consumer<Line> saying) {
    Line line = evil.line(bob.user);
    saying.accept(line);
    Someone.until("the end after " + what, () -> !line.open());
    Someone.until("the next after " + what, () -> evil.find(bob.user).isPresent());
    bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
  }

  @Test
  @Case(
      id = "E42",
      relay = "sends frames too long, too short, cut inside the header, with too long a header",
      peer = "that connection ends, another begins")
  void framesThatAreNoneEndTheConnection() {
    acquaint();
    ends("one byte too many", line -> line.sayBytes(new byte[WireLimits.MAX_FRAME + 1]));
    ends("a megabyte", line -> line.sayBytes(new byte[1 << 20]));
    ends("nothing", line -> line.sayBytes(new byte[0]));
    ends("one byte", line -> line.sayBytes(new byte[1]));
    ends("no header", line -> line.sayBytes(new byte[2]));
    ends("a header longer than its frame", line -> line.sayBytes(new byte[] {0, 9, '{', '}'}));
    ends("a header too long", line -> line.sayBytes(header(WireLimits.MAX_HEADER + 1)));
    ends("noise", line -> line.sayBytes(bytes(5_000)));
    ends("text", line -> line.sayText("{\"t\":\"done\",\"ref\":1}"));
  }

  private static byte[] header(int length) {
    byte[] frame = new byte[2 + length];
    Arrays.fill(frame, (byte) ' ');
    frame[0] = (byte) (length >>> 8);
    frame[1] = (byte) length;
    return frame;
  }

  @Test
  @Case(
      id = "E43",
      relay = "sends headers that are no JSON, no message, twice the same field, too deep",
      peer = "that connection ends, another begins")
  void headersThatAreNoneEndTheConnection() {
    acquaint();
    for (String header :
        List.of(
            "x",
            "{}",
            "[]",
            "null",
            "{\"t\":\"nothing\"}",
            "{\"t\":7}",
            "{\"t\":\"done\"}",
            "{\"t\":\"done\",\"ref\":null}",
            "{\"t\":\"done\",\"ref\":\"1\"}",
            "{\"t\":\"done\",\"ref\":1.0}",
            "{\"t\":\"done\",\"ref\":1}{}",
            "{\"t\":\"done\",\"t\":\"done\",\"ref\":1}",
            "{\"t\":\"done\",\"ref\":1,\"!must\":1}",
            "{\"t\":\"done\",\"ref\":1,\"deep\":" + "[".repeat(40) + "]".repeat(40) + "}",
            "{\"t\":\"done\",\"ref\":" + "9".repeat(400) + "}",
            "{\"t\":\"refused\",\"code\":\"NO_SUCH_CODE\",\"detail\":\"\",\"retryAfterMillis\":0}",
            "{\"t\":\"presence\",\"user\":\"../../x\",\"online\":true}",
            "{\"t\":\"login\",\"user\":\"bob\"}")) {
      ends(header, line -> line.sayHeader(header));
    }
  }

  @Test
  @Case(
      id = "E44",
      relay = "begins a message and does not end it",
      peer = "waits for the rest as for anything else; the next connection is untouched")
  void halfAMessageIsNothing() {
    acquaint();
    Line line = evil.line(bob.user);
    line.sayHalf(HeaderCodec.frame(new RelayMessage.Presence(alice.user, true), new byte[0]));
    bob.tells(alice, "after half a message");
    evil.hangUp(bob.user);
  }

  @Test
  @Case(
      id = "E45",
      relay = "sends a message in two fragments, as a proxy between may",
      peer = "reads it as one")
  void aMessageInTwoFragmentsIsOne() {
    acquaint();
    Line before = evil.line(bob.user);
    evil.play(
        it -> {
          if (it.to(bob.user, RelayMessage.Deliver.class)) {
            it.line().sayInTwo(it.frame(), 40);
          } else {
            it.pass();
          }
        });
    alice.tells(bob, "in two");
    assertEquals(List.of("hello", "in two"), bob.heard(alice));
    assertSame(before, evil.line(bob.user));
  }

  /** One of each message, none of them an answer to anything. */
  private List<RelayMessage> unasked() {
    Bytes key = Bytes.of(new byte[32]);
    Address address = new Address(alice.user, new DeviceId(Bytes.of(new byte[8])));
    MessageId id = new MessageId(Bytes.of(bytes(MessageId.LENGTH)));
    Welcome welcome =
        evil.passed(it -> it.to(bob.user, Welcome.class))
            .map(it -> (Welcome) it.message())
            .findFirst()
            .orElseThrow();
    return List.of(
        new RelayHello(1, key, key, key, Bytes.of(new byte[64]), "x", true, false),
        welcome,
        new RelayMessage.Refused(7_777, null, null, FaultCode.INTERNAL, "", 0),
        new RelayMessage.Refused(null, id, null, FaultCode.USER_UNKNOWN, "", 0),
        new RelayMessage.Refused(null, null, blob, FaultCode.CANCELLED, "", 0),
        new RelayMessage.Refused(null, null, null, FaultCode.KICKED, "", 0),
        new RelayMessage.Done(7_777),
        new RelayMessage.Done(-1),
        new RelayMessage.Accepted(id),
        new RelayMessage.UserFound(7_777),
        new RelayMessage.Bundles(7_777),
        new RelayMessage.People(7_777, false),
        new RelayMessage.Presence(new UserId("nobody-here"), true),
        new RelayMessage.PrekeysLow(100, 50),
        new RelayMessage.DataToken(7_777, key),
        new RelayMessage.Bound(),
        new RelayMessage.Detached(blob, address),
        new RelayMessage.PutFrom(blob, 3),
        new RelayMessage.Kept(blob, Long.MAX_VALUE),
        new RelayMessage.Sealed(blob),
        new RelayMessage.End(blob, 1, 300),
        new Slice(blob, 0, 0, 5));
  }

  @Test
  @Case(
      id = "E46",
      relay = "answers what nobody asked: one of each message there is",
      peer = "passes it over; the connection stays")
  void answersToNothingArePassedOver() {
    acquaint();
    Line line = evil.line(bob.user);
    List<RelayMessage> all = unasked();
    assertEquals(
        RelayMessage.class.getPermittedSubclasses().length - 2,
        all.stream().map(Object::getClass).distinct().count(),
        "all but deliver and bye");
    all.forEach(line::say);
    bob.tells(alice, "after all of it");
    alice.tells(bob, "after all of it");
    assertSame(line, evil.line(bob.user));
    assertEquals(List.of("hello", "after all of it"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E47",
      relay = "lists people without end, and says without end that somebody came",
      peer = "remembers a bounded number of them")
  void peopleWithoutEndAreBounded() {
    acquaint();
    Line line = evil.line(bob.user);
    int pages = 60;
    int onPage = 10_000;
    for (int page = 0; page < pages; page++) {
      StringBuilder names = new StringBuilder();
      for (int i = 0; i < onPage; i++) {
        names.append("+x").append(page * onPage + i).append('\n');
      }
      line.say(new RelayMessage.People(1, true), names.toString().getBytes(US_ASCII));
    }
    for (int i = 0; i < 20_000; i++) {
      line.say(new RelayMessage.Presence(new UserId("came" + i), true));
    }
    line.say(new RelayMessage.People(1, false), "+last\n".getBytes(US_ASCII));
    bob.tells(alice, "after six hundred thousand");
    int known = bob.peer().who().size();
    assertTrue(known <= 100_000, () -> known + " people");
    assertSame(line, evil.line(bob.user));
    evil.hangUp(bob.user);
  }

  @Test
  @Case(
      id = "E48",
      relay = "lists people with names that are none",
      peer = "that connection ends, and what came with it is not lost")
  void aListThatIsNoneCostsNothingElse() {
    acquaint();
    Message sent = alice.writes(bob, "beside it");
    for (String page : List.of("+../x\n", "+\u0001\u0002\u0003\n", "no sign\n", "+UPPER\n")) {
      ends(page, line -> line.say(new RelayMessage.People(1, false), page.getBytes(UTF_8)));
    }
    alice.peer().awaitMessage(sent.id(), MessageState.DELIVERED, Someone.PATIENCE_MILLIS);
    assertEquals(List.of("hello", "beside it"), bob.heard(alice));
  }

  /** Those that pass by themselves, and those that are tried again over new keys. */
  private static final Set<FaultCode> PASSING =
      EnumSet.of(
          FaultCode.RATE_LIMITED,
          FaultCode.DISK_FULL,
          FaultCode.STORE_STOPPED,
          FaultCode.STORE_BUSY,
          FaultCode.MESSAGE_BEHIND,
          FaultCode.RELAY_DRAINING,
          FaultCode.DEVICES_STALE);

  @Test
  @Case(
      id = "E49",
      relay = "refuses messages with every fault code there is",
      peer = "each is told as failed with that code, or waits; nothing else stops")
  void everyRefusalFailsItsMessageAlone() {
    acquaint();
    for (FaultCode code : EnumSet.complementOf(EnumSet.copyOf(PASSING))) {
      evil.play(
          it -> {
            if (it.message() instanceof PeerMessage.Send send && it.line().isOf(alice.user)) {
              it.line().say(new RelayMessage.Refused(null, send.id(), null, code, "because", -1));
            } else {
              it.pass();
            }
          });
      Message sent = alice.writes(bob, "refused");
      Fault fault =
          assertThrows(
              Fault.class,
              () ->
                  alice
                      .peer()
                      .awaitMessage(sent.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS),
              code::name);
      assertEquals(code, fault.code());
    }
    assertEquals(List.of("hello"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E50",
      relay = "refuses for a while, with any time to wait: none, negative, without end",
      peer = "the same bytes go again, at the latest on the next connection")
  void refusalsThatPassAreTriedAgain() {
    acquaint();
    List<String> said = new ArrayList<>(List.of("hello"));
    for (long after : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 0}) {
      evil.play(
          it -> {
            if (it.message() instanceof PeerMessage.Send send && it.line().isOf(alice.user)) {
              it.line()
                  .say(
                      new RelayMessage.Refused(
                          null, send.id(), null, FaultCode.RATE_LIMITED, "later", after));
            } else {
              it.pass();
            }
          });
      Message sent = alice.writes(bob, "after " + after);
      Someone.until("it to leave", () -> bodies(sent.id()) > 0);
      evil.behave();
      evil.hangUp(alice.user);
      alice.peer().awaitMessage(sent.id(), MessageState.DELIVERED, Someone.PATIENCE_MILLIS);
      assertEquals(1, bodies(sent.id()), "one ciphertext");
      said.add("after " + after);
    }
    assertEquals(said, bob.heard(alice));
  }

  private long bodies(MessageId id) {
    return evil.passed(it -> it.from(alice.user, PeerMessage.Send.class))
        .filter(it -> ((PeerMessage.Send) it.message()).id().equals(id))
        .map(it -> Bytes.of(it.body()))
        .distinct()
        .count();
  }

  @Test
  @Case(
      id = "E51",
      relay = "explains itself in seven thousand characters that act on terminals",
      peer = "two hundred of them are kept")
  void explanationsAreCut() {
    acquaint();
    String acting = "\\u001b]0;owned\\u0007\\u001b[2J".repeat(230);
    evil.play(
        it -> {
          if (it.message() instanceof PeerMessage.Send send && it.line().isOf(alice.user)) {
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
    Message sent = alice.writes(bob, "declined");
    Fault fault =
        assertThrows(
            Fault.class,
            () ->
                alice
                    .peer()
                    .awaitMessage(sent.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS));
    assertEquals(FaultCode.DECLINED, fault.code());
    assertTrue(fault.what().length() <= 200, () -> fault.what().length() + " characters");
  }
}
