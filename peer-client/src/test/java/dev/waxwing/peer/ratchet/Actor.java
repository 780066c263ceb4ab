package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A person with one device, their prekeys and what a store would hold for them. */
final class Actor {
  static final Suite SUITE = Suite.wx1();
  static final long START = 1_800_000_000_000L;

  final Random random;
  final Signing.Pair account;
  final Signing.Pair signer;
  final KeyAgreement.Pair agreement;
  final Party party;
  final Set<Bytes> remembered = new HashSet<>();
  PrekeyStock stock;
  private final List<PrekeyRef> handedOut = new ArrayList<>();

  Actor(String name, Random random, int oneTime) {
    this.random = random;
    this.account = SUITE.signing().pair(secret(32));
    this.signer = SUITE.signing().pair(secret(32));
    this.agreement = SUITE.agreement().pair(secret(32));
    DeviceId device = new DeviceId(bytes(DeviceId.LENGTH));
    this.party =
        new Party(
            new UserRecord(
                new UserId(name),
                0,
                Bytes.EMPTY,
                account.publicKey(),
                bytes(UserRecord.VAULT_KEY),
                List.of(new UserRecord.Device(device, signer.publicKey(), agreement.publicKey())),
                START),
            device);
    List<Kind> kinds = new ArrayList<>(List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM));
    for (int i = 0; i < oneTime; i++) {
      kinds.add(Kind.ONE_TIME);
      kinds.add(Kind.ONE_TIME_KEM);
    }
    PrekeyStock.Plan plan = new PrekeyStock.Plan(kinds, List.of());
    this.stock = PrekeyStock.EMPTY.carryOut(plan, secret(plan.randomBytes()), START).stock();
  }

  Bytes bytes(int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return Bytes.of(value);
  }

  Secret secret(int length) {
    return Secret.take(bytes(length).toArray());
  }

  Address address() {
    return new Address(party.record().user(), party.id());
  }

  Link linkTo(Actor peer) {
    return new Link(SUITE, party, agreement.secret(), peer.party);
  }

  /** What the relay hands out: each one-time key once, then none. */
  Bundle bundle() {
    return new Bundle(
        party.id(),
        publicHalf(Kind.SIGNED).orElseThrow(),
        handOut(Kind.ONE_TIME_KEM).or(() -> publicHalf(Kind.LAST_RESORT_KEM)).orElseThrow(),
        handOut(Kind.ONE_TIME));
  }

  /** What the relay hands out when the one-time keys are used up. */
  Bundle bundleWithoutOneTime() {
    return new Bundle(
        party.id(),
        publicHalf(Kind.SIGNED).orElseThrow(),
        publicHalf(Kind.LAST_RESORT_KEM).orElseThrow(),
        Optional.empty());
  }

  private Optional<Prekey> handOut(Kind kind) {
    Optional<PrekeySecret> key =
        stock.keys().stream()
            .filter(one -> one.ref().kind() == kind && !handedOut.contains(one.ref()))
            .findFirst();
    key.ifPresent(one -> handedOut.add(one.ref()));
    return key.map(this::publish);
  }

  private Optional<Prekey> publicHalf(Kind kind) {
    return stock.keys().stream()
        .filter(key -> key.ref().kind() == kind)
        .findFirst()
        .map(this::publish);
  }

  Prekey publish(PrekeySecret key) {
    return key.publish(SUITE, signer, address());
  }

  /** What the store knows about a message's opening. */
  OwnKeys lookUp(Envelope envelope) {
    return envelope
        .opening()
        .map(
            opening ->
                new OwnKeys(
                    stock.keys().stream()
                        .filter(key -> opening.wanted().contains(key.ref()))
                        .toList(),
                    remembered.contains(opening.hash()) ? OwnKeys.Seen.YES : OwnKeys.Seen.NO))
        .orElse(OwnKeys.NONE);
  }

  /** The store's transaction. */
  void commit(Conversation.Opened opened) {
    stock =
        new PrekeyStock(
            stock.keys().stream().filter(key -> !opened.spent().contains(key.ref())).toList(),
            stock.nextId());
    opened.remember().ifPresent(memory -> remembered.add(memory.hash()));
  }
}
