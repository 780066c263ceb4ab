package dev.waxwing.evil;

import dev.waxwing.crypto.Secret;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.ratchet.PrekeyStock;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.Bytes;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** Keys of the relay's own under somebody's name. */
final class Impostor {
  private static final SecureRandom RANDOM = new SecureRandom();

  final Identity identity;
  final Prekeys.Batch prekeys;

  Impostor(UserId name) {
    this.identity =
        Identity.create(HonestRelay.SUITE, name, Impostor::bytes, System.currentTimeMillis());
    PrekeyStock.Plan plan = PrekeyStock.EMPTY.planAfresh(System.currentTimeMillis());
    this.prekeys =
        PrekeyStock.EMPTY
            .carryOut(plan, Secret.take(bytes(plan.randomBytes())), System.currentTimeMillis())
            .batch(HonestRelay.SUITE, identity.signing(), identity.address());
  }

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  UserRecord.Signed record() {
    return identity.record();
  }

  /** What the relay hands out in the person's place. */
  Prekeys.Bundles bundles() {
    Prekeys.Bundle bundle =
        new Prekeys.Bundle(
            identity.address().device(),
            prekeys.signed().orElseThrow(),
            prekeys.lastResort().orElseThrow(),
            Optional.of(oneTime()));
    return new Prekeys.Bundles(record(), List.of(bundle));
  }

  private Prekey oneTime() {
    return prekeys.oneTime().stream()
        .filter(key -> key.kind() == Prekeys.Kind.ONE_TIME)
        .findFirst()
        .orElseThrow();
  }

  /** Somebody's record with a device of the impostor's more, signed by the impostor. */
  UserRecord.Signed withDevice(UserRecord true_, boolean later) {
    UserRecord.Device own = record().record().devices().get(0);
    List<UserRecord.Device> devices =
        List.of(
            true_.devices().get(0),
            new UserRecord.Device(
                new DeviceId(Bytes.of(bytes(DeviceId.LENGTH))),
                own.signingKey(),
                own.agreementKey()));
    return new UserRecord(
            true_.user(),
            later ? true_.seq() + 1 : true_.seq(),
            later ? Bytes.of(new byte[32]) : true_.previous(),
            true_.accountKey(),
            true_.vaultKey(),
            devices,
            true_.time())
        .sign(HonestRelay.SUITE.signing(), identity.account());
  }
}
