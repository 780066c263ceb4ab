package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Prekeys the relay changes, withholds or hands out again. */
class EvilPrekeysTest extends EvilStage {
  private long sentTo(UserId user) {
    return evil.passed(
            it -> it.message() instanceof PeerMessage.Send send && send.to().equals(user))
        .count();
  }

  /** What may be wrong with a bundle, all of it signed by nobody who could. */
  private Map<String, UnaryOperator<Bundle>> wrongs(Impostor impostor) {
    Bundle own = impostor.bundles().bundles().get(0);
    Map<String, UnaryOperator<Bundle>> wrongs = new LinkedHashMap<>();
    wrongs.put(
        "no signature on the KEM key",
        b -> new Bundle(b.device(), b.signed(), unsigned(b.kem()), b.oneTime()));
    wrongs.put(
        "no signature on the signed key",
        b -> new Bundle(b.device(), unsigned(b.signed()), b.kem(), b.oneTime()));
    wrongs.put(
        "no signature on the one-time key",
        b ->
            new Bundle(
                b.device(), b.signed(), b.kem(), b.oneTime().map(EvilPrekeysTest::unsigned)));
    wrongs.put(
        "the relay's KEM key", b -> new Bundle(b.device(), b.signed(), own.kem(), b.oneTime()));
    wrongs.put(
        "the relay's signed key", b -> new Bundle(b.device(), own.signed(), b.kem(), b.oneTime()));
    wrongs.put(
        "the relay's one-time key",
        b -> new Bundle(b.device(), b.signed(), b.kem(), own.oneTime()));
    wrongs.put(
        "all of it the relay's",
        b -> new Bundle(b.device(), own.signed(), own.kem(), own.oneTime()));
    wrongs.put(
        "a KEM key of another age",
        b ->
            new Bundle(
                b.device(),
                b.signed(),
                new Prekey(
                    b.kem().kind(),
                    b.kem().id(),
                    b.kem().created() + 1,
                    b.kem().key(),
                    b.kem().signature()),
                b.oneTime()));
    wrongs.put(
        "a KEM key passed off as the last resort",
        b ->
            new Bundle(
                b.device(),
                b.signed(),
                new Prekey(
                    b.kem().kind() == Prekeys.Kind.ONE_TIME_KEM
                        ? Prekeys.Kind.LAST_RESORT_KEM
                        : Prekeys.Kind.ONE_TIME_KEM,
                    b.kem().id(),
                    b.kem().created(),
                    b.kem().key(),
                    b.kem().signature()),
                b.oneTime()));
    wrongs.put(
        "another device",
        b ->
            new Bundle(
                new DeviceId(Bytes.of(bytes(DeviceId.LENGTH))), b.signed(), b.kem(), b.oneTime()));
    return wrongs;
  }

  private static Prekey unsigned(Prekey key) {
    return new Prekey(key.kind(), key.id(), key.created(), key.key(), Bytes.of(new byte[64]));
  }

  @Test
  @Case(
      id = "E25",
      relay = "takes the post-quantum key's signature away, or puts other prekeys in the bundle",
      peer = "nothing is sealed; what is written waits and goes once the bundle is right")
  void prekeysTheDeviceDidNotSignAreNotUsed() {
    wrongs(new Impostor(bob.user))
        .forEach(
            (what, wrong) -> {
              evil.forget();
              evil.play(
                  it -> {
                    if (it.to(alice.user, RelayMessage.Bundles.class)) {
                      Prekeys.Bundles real = Prekeys.Bundles.decode(it.body());
                      it.pass(
                          new Prekeys.Bundles(
                                  real.owner(), real.bundles().stream().map(wrong).toList())
                              .encode());
                    } else {
                      it.pass();
                    }
                  });
              if (alice.lines(bob).isEmpty()) {
                alice.writes(bob, "for bob's true keys");
              } else {
                evil.hangUp(alice.user);
              }
              Someone.until(what, () -> answered(alice));
              alice.peer().awaitOnline(Someone.PATIENCE_MILLIS);
              // Asked for once more: whatever came of the first answer is done by then.
              alice.peer().addContact(bob.user);
              assertEquals(0, sentTo(bob.user), what);
              assertEquals(MessageState.QUEUED, alice.lines(bob).get(0).state(), what);
            });
    evil.behave();
    evil.hangUp(alice.user);
    Someone.until("it", () -> bob.heard(alice).equals(List.of("for bob's true keys")));
  }

  private boolean answered(Someone who) {
    return evil.passed(it -> it.to(who.user, RelayMessage.Bundles.class)).findAny().isPresent();
  }

  @Test
  @Case(
      id = "E26",
      relay = "answers with no bundle, half a bundle, noise, a quarter of a megabyte",
      peer = "nothing is sealed for it; others can be written to; it goes once the answer is right")
  void bundlesThatAreNoneOnlyDelay() {
    Someone carol = another("carol");
    Prekeys.Bundles none = new Prekeys.Bundles(new Impostor(bob.user).record(), List.of());
    for (byte[] body :
        List.of(new byte[0], none.encode(), bytes(3_000), bytes(262_000), new byte[262_000])) {
      evil.forget();
      evil.play(
          it -> {
            boolean ofBob = it.to(alice.user, RelayMessage.Bundles.class) && !ofCarol(it, carol);
            if (ofBob) {
              it.pass(body);
            } else {
              it.pass();
            }
          });
      if (alice.lines(bob).isEmpty()) {
        alice.writes(bob, "for bob");
      } else {
        evil.hangUp(alice.user);
      }
      Someone.until("an answer", () -> answered(alice));
    }
    assertEquals(List.of(), bob.heard(alice));
    startIfChanged();
    evil.hangUp(alice.user);
    Someone.until("it", () -> bob.heard(alice).equals(List.of("for bob")));
  }

  private boolean ofCarol(Passing it, Someone carol) {
    try {
      return Prekeys.Bundles.decode(it.body()).owner().record().user().equals(carol.user);
    } catch (Fault fault) {
      return false;
    }
  }

  /** One of the answers named a key; the true one is another then. */
  private void startIfChanged() {
    evil.behave();
    reconnect(alice);
    alice.peer().addContact(bob.user);
    if (alice.peer().contact(bob.user.name()).trust() == Trust.CHANGED) {
      alice.peer().acceptNewKey(bob.user);
    }
  }

  @Test
  @Case(
      id = "E27",
      relay = "hands the same one-time keys to two people",
      peer = "the second first message is not opened with them; it comes over another session")
  void oneTimeKeysAreUsedOnce() {
    Someone carol = another("carol");
    alice.reaches(bob, "first");
    byte[] given =
        evil.passed(it -> it.to(alice.user, RelayMessage.Bundles.class))
            .findFirst()
            .orElseThrow()
            .body();
    assertTrue(Prekeys.Bundles.decode(given).bundles().get(0).oneTime().isPresent());
    boolean[] once = {false};
    evil.play(
        it -> {
          if (it.to(carol.user, RelayMessage.Bundles.class) && !once[0]) {
            once[0] = true;
            it.pass(given);
          } else {
            it.pass();
          }
        });
    carol.reaches(bob, "second");
    assertTrue(once[0]);
    assertEquals(List.of("second"), bob.heard(carol));
    assertEquals(List.of("first"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E29",
      relay = "says that no one-time key is left, a hundred times",
      peer = "new ones are published each time, and what is kept of the old is bounded")
  void prekeysThatAreAlwaysGoneAreBounded() {
    acquaint();
    Line line = evil.line(bob.user);
    for (int i = 1; i <= 100; i++) {
      int round = i;
      line.say(new RelayMessage.PrekeysLow(0, 0));
      if (i % 10 == 0) {
        bob.tells(alice, "round " + round);
      }
    }
    long batches = evil.passed(it -> it.from(bob.user, PeerMessage.PublishPrekeys.class)).count();
    assertTrue(batches <= 102, () -> batches + " batches");
    alice.tells(bob, "over old keys and new");
  }
}
