package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.identity.Prekeys.Unsigned;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PqxdhTest {
  private static final Suite SUITE = Suite.wx1();
  private static final long SEED = 23;

  private final Random random = new Random(SEED);
  private final Actor alice = new Actor("alice", random, 2);
  private final Actor bob = new Actor("bob", random, 2);
  private final Pqxdh fromAlice = new Pqxdh(alice.linkTo(bob));
  private final Pqxdh atBob = new Pqxdh(bob.linkTo(alice));

  @BeforeAll
  static void printSeed() {
    System.err.println("PqxdhTest seed " + SEED);
  }

  @Test
  void bothSidesAgreeWithAndWithoutOneTimeKeys() {
    Bundle mixed =
        new Bundle(
            bob.party.id(),
            bob.bundle().signed(),
            bob.bundleWithoutOneTime().kem(),
            bob.bundle().oneTime());
    for (Bundle bundle : List.of(bob.bundle(), bob.bundleWithoutOneTime(), mixed)) {
      Pqxdh.Initiated started = fromAlice.initiate(bundle, alice.secret(96));
      RatchetState answered = atBob.respond(started.opening(), keysFor(started.opening()));
      assertEquals(started.state().ad(), answered.ad());
      Ratchet ratchet = new Ratchet(SUITE);
      byte[] hello = {1, 2, 3};
      Ratchet.Encrypted step = ratchet.encrypt(started.state(), hello, alice.bytes(16));
      assertArrayEquals(
          hello,
          ratchet.decrypt(answered, step.message(), bob.secret(32), Actor.START).plaintext());
    }
  }

  @Test
  void secretAndAssociatedDataAreAsWrittenOutByHand() throws Exception {
    Secret randomness = alice.secret(96);
    Bundle bundle = bob.bundle();
    Pqxdh.Initiated started = fromAlice.initiate(bundle, randomness);
    Opening opening = started.opening();
    OwnKeys keys = keysFor(opening);
    RatchetState answered = atBob.respond(opening, keys);

    Secret ek = randomness.use(bytes -> Secret.copyOf(bytes, 0, 32));
    KeyAgreement dh = SUITE.agreement();
    UserRecord.Device bobKeys = bob.party.keys();
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    for (int i = 0; i < 32; i++) {
      input.write(0xff);
    }
    write(input, dh.agree(alice.agreement.secret(), bundle.signed().key()));
    write(input, dh.agree(ek, bobKeys.agreementKey()));
    write(input, dh.agree(ek, bundle.signed().key()));
    write(input, dh.agree(ek, bundle.oneTime().orElseThrow().key()));
    Secret seed = keys.secret(opening.kem()).orElseThrow();
    write(input, SUITE.kem().decapsulate(SUITE.kem().pair(seed), opening.ciphertext()));
    Secret sk =
        SUITE
            .kdf()
            .hkdf(new byte[32], Secret.copyOf(input.toByteArray()), Labels.info("pqxdh"), 32);
    assertEquals(sk, answered.root());

    byte[] ad =
        Labels.info(
            "ad",
            new byte[] {1},
            "alice".getBytes(StandardCharsets.US_ASCII),
            alice.party.id().value().toArray(),
            alice.account.publicKey().toArray(),
            alice.signer.publicKey().toArray(),
            alice.agreement.publicKey().toArray(),
            "bob".getBytes(StandardCharsets.US_ASCII),
            bob.party.id().value().toArray(),
            bob.account.publicKey().toArray(),
            bob.signer.publicKey().toArray(),
            bob.agreement.publicKey().toArray(),
            opening.ephemeral().toArray(),
            bundle.signed().key().toArray(),
            bundle.kem().key().toArray(),
            bundle.oneTime().orElseThrow().key().toArray());
    assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(ad), answered.ad().toArray());
  }

  @Test
  void everyFieldOfTheAssociatedDataCounts() {
    Pqxdh.SessionKeys keys =
        new Pqxdh.SessionKeys(
            bob.bytes(32), bob.bytes(32), bob.bytes(1184), Optional.of(bob.bytes(32)));
    Party a = alice.party;
    Party b = bob.party;
    List<Bytes> all = new ArrayList<>();
    all.add(Pqxdh.associatedData(new Pqxdh.Ends(a, b), keys));
    all.add(Pqxdh.associatedData(new Pqxdh.Ends(b, a), keys));
    for (Party changed : variants(a)) {
      all.add(Pqxdh.associatedData(new Pqxdh.Ends(changed, b), keys));
    }
    for (Party changed : variants(b)) {
      all.add(Pqxdh.associatedData(new Pqxdh.Ends(a, changed), keys));
    }
    for (Pqxdh.SessionKeys changed :
        List.of(
            new Pqxdh.SessionKeys(bob.bytes(32), keys.signed(), keys.kem(), keys.oneTime()),
            new Pqxdh.SessionKeys(keys.ephemeral(), bob.bytes(32), keys.kem(), keys.oneTime()),
            new Pqxdh.SessionKeys(keys.ephemeral(), keys.signed(), bob.bytes(1184), keys.oneTime()),
            new Pqxdh.SessionKeys(
                keys.ephemeral(), keys.signed(), keys.kem(), Optional.of(bob.bytes(32))),
            new Pqxdh.SessionKeys(keys.ephemeral(), keys.signed(), keys.kem(), Optional.empty()))) {
      all.add(Pqxdh.associatedData(new Pqxdh.Ends(a, b), changed));
    }
    assertEquals(2 + 5 + 5 + 5, all.size());
    assertEquals(all.size(), new HashSet<>(all).size());
  }

  @Test
  void bundleWithAnyKeyChangedOrSignedByAnotherIsRefused() {
    Bundle good = bob.bundle();
    Prekey oneTime = good.oneTime().orElseThrow();
    List<Bundle> bad = new ArrayList<>();
    for (Prekey forged : forgeries(good.signed())) {
      bad.add(new Bundle(good.device(), forged, good.kem(), good.oneTime()));
    }
    for (Prekey forged : forgeries(good.kem())) {
      bad.add(new Bundle(good.device(), good.signed(), forged, good.oneTime()));
    }
    for (Prekey forged : forgeries(oneTime)) {
      bad.add(new Bundle(good.device(), good.signed(), good.kem(), Optional.of(forged)));
    }
    bad.add(alice.bundle());
    bad.add(new Bundle(new DeviceId(bob.bytes(8)), good.signed(), good.kem(), good.oneTime()));
    for (Bundle bundle : bad) {
      assertFault(FaultCode.PREKEY_INVALID, () -> fromAlice.initiate(bundle, alice.secret(96)));
    }
    assertEquals(3 * 5 + 2, bad.size());
    fromAlice.initiate(good, alice.secret(96));
  }

  @Test
  void bundleOfAnotherDeviceOfTheSamePersonIsRefused() {
    UserRecord one = bob.party.record();
    UserRecord two =
        new UserRecord(
            one.user(),
            0,
            Bytes.EMPTY,
            one.accountKey(),
            one.vaultKey(),
            List.of(
                bob.party.keys(),
                new UserRecord.Device(
                    new DeviceId(bob.bytes(8)), bob.bytes(32), bob.agreement.publicKey())),
            Actor.START);
    Link toSecond =
        new Link(
            SUITE,
            alice.party,
            alice.agreement.secret(),
            new Party(two, two.devices().get(1).device()));
    assertTrue(bob.bundle().verify(SUITE.signing(), two));
    assertFault(
        FaultCode.PREKEY_INVALID,
        () -> new Pqxdh(toSecond).initiate(bob.bundle(), alice.secret(96)));
    assertFault(FaultCode.RECORD_INVALID, () -> new Party(one, two.devices().get(1).device()));
  }

  @Test
  void signedLowOrderPrekeyIsRefused() {
    Bundle good = bob.bundle();
    Prekey zero = sign(new Prekey(Kind.SIGNED, 9, 1, Bytes.of(new byte[32]), bob.bytes(64)));
    assertFault(
        FaultCode.PREKEY_INVALID,
        () ->
            fromAlice.initiate(
                new Bundle(good.device(), zero, good.kem(), good.oneTime()), alice.secret(96)));
  }

  @Test
  void openingWhosePrivateHalfIsGoneIsRefused() {
    Opening opening = fromAlice.initiate(bob.bundle(), alice.secret(96)).opening();
    assertEquals(3, opening.wanted().size());
    for (PrekeyRef gone : opening.wanted()) {
      OwnKeys rest =
          new OwnKeys(
              bob.stock.keys().stream().filter(key -> !key.ref().equals(gone)).toList(),
              OwnKeys.Seen.NO);
      assertUndecryptable(() -> atBob.respond(opening, rest));
    }
    assertUndecryptable(() -> atBob.respond(opening, OwnKeys.NONE));
  }

  @Test
  void openingThatNamesAnotherDeviceOrLowOrderKeyIsRefused() {
    Opening good = fromAlice.initiate(bob.bundle(), alice.secret(96)).opening();
    Opening other =
        new Opening(
            new DeviceId(bob.bytes(8)),
            good.ephemeral(),
            good.signed(),
            good.kem(),
            good.oneTime(),
            good.ciphertext());
    assertUndecryptable(() -> atBob.respond(other, keysFor(other)));
    Opening zero =
        new Opening(
            good.sender(),
            Bytes.of(new byte[32]),
            good.signed(),
            good.kem(),
            good.oneTime(),
            good.ciphertext());
    assertUndecryptable(() -> atBob.respond(zero, keysFor(zero)));
  }

  @Test
  void differentRandomnessGivesDifferentSessionsAndTheSameGivesTheSame() {
    Bundle bundle = bob.bundleWithoutOneTime();
    Secret one = alice.secret(96);
    Pqxdh.Initiated first = fromAlice.initiate(bundle, one);
    assertEquals(first, fromAlice.initiate(bundle, one));
    Set<Bytes> hashes = new HashSet<>();
    hashes.add(first.opening().hash());
    for (int third = 0; third < 2; third++) {
      byte[] changed = one.exposeCopy();
      changed[third * 32 + 5] ^= 1;
      Pqxdh.Initiated other = fromAlice.initiate(bundle, Secret.copyOf(changed));
      assertTrue(hashes.add(other.opening().hash()));
      assertNotEquals(first.state().root(), other.state().root());
    }
    assertThrows(
        IllegalArgumentException.class, () -> fromAlice.initiate(bundle, alice.secret(95)));
  }

  private OwnKeys keysFor(Opening opening) {
    return new OwnKeys(
        bob.stock.keys().stream().filter(key -> opening.wanted().contains(key.ref())).toList(),
        OwnKeys.Seen.NO);
  }

  /** The party with each field changed that the associated data names. */
  private List<Party> variants(Party party) {
    UserRecord record = party.record();
    UserRecord.Device device = party.keys();
    DeviceId otherId = new DeviceId(bob.bytes(8));
    return List.of(
        party(new UserId(record.user().name() + "x"), record.accountKey(), device),
        party(record.user(), bob.bytes(32), device),
        party(
            record.user(),
            record.accountKey(),
            new UserRecord.Device(otherId, device.signingKey(), device.agreementKey())),
        party(
            record.user(),
            record.accountKey(),
            new UserRecord.Device(device.device(), bob.bytes(32), device.agreementKey())),
        party(
            record.user(),
            record.accountKey(),
            new UserRecord.Device(device.device(), device.signingKey(), bob.bytes(32))));
  }

  private Party party(UserId user, Bytes accountKey, UserRecord.Device device) {
    return new Party(
        new UserRecord(
            user,
            0,
            Bytes.EMPTY,
            accountKey,
            alice.party.record().vaultKey(),
            List.of(device),
            Actor.START),
        device.device());
  }

  /** The prekey with each field changed, and the prekey signed by somebody else. */
  private List<Prekey> forgeries(Prekey good) {
    byte[] key = good.key().toArray();
    key[7] ^= 1;
    byte[] signature = good.signature().toArray();
    signature[7] ^= 1;
    return List.of(
        new Prekey(good.kind(), good.id() + 1, good.created(), good.key(), good.signature()),
        new Prekey(good.kind(), good.id(), good.created() + 1, good.key(), good.signature()),
        new Prekey(good.kind(), good.id(), good.created(), Bytes.of(key), good.signature()),
        new Prekey(good.kind(), good.id(), good.created(), good.key(), Bytes.of(signature)),
        Prekey.sign(
            SUITE.signing(),
            alice.signer,
            bob.address(),
            new Unsigned(good.kind(), good.id(), good.created(), good.key())));
  }

  private Prekey sign(Prekey prekey) {
    return Prekey.sign(
        SUITE.signing(),
        bob.signer,
        bob.address(),
        new Unsigned(prekey.kind(), prekey.id(), prekey.created(), prekey.key()));
  }

  private static void write(ByteArrayOutputStream out, Secret secret) {
    out.writeBytes(secret.exposeCopy());
  }
}
