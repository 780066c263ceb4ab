package dev.waxwing.peer.session;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.crypto.XWing;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.util.List;

/**
 * Who this profile is: the account's and the device's keys, and the record that shows their public
 * halves (PROTOCOL.md, "Identity").
 *
 * @param account AIK
 * @param vaultSeed the seed of VK, 32 bytes
 * @param signing DSK
 * @param agreement DIK
 * @param record the signed record
 */
public record Identity(
    Signing.Pair account,
    Secret vaultSeed,
    Signing.Pair signing,
    KeyAgreement.Pair agreement,
    UserRecord.Signed record) {

  /** A new identity with one device. */
  public static Identity create(Suite suite, UserId user, Randomness random, long now) {
    DeviceId device = new DeviceId(Bytes.of(random.bytes(DeviceId.LENGTH)));
    Signing.Pair account = suite.signing().pair(Secret.take(random.bytes(32)));
    Secret vaultSeed = Secret.take(random.bytes(32));
    Signing.Pair signing = suite.signing().pair(Secret.take(random.bytes(32)));
    KeyAgreement.Pair agreement = suite.agreement().pair(Secret.take(random.bytes(32)));
    UserRecord record =
        new UserRecord(
            user,
            0,
            Bytes.EMPTY,
            account.publicKey(),
            XWing.publicKey(vaultSeed),
            List.of(new UserRecord.Device(device, signing.publicKey(), agreement.publicKey())),
            now);
    return new Identity(
        account, vaultSeed, signing, agreement, record.sign(suite.signing(), account));
  }

  /** The user. */
  public UserId user() {
    return record.record().user();
  }

  /** This device's address. */
  public Address address() {
    return new Address(user(), record.record().devices().get(0).device());
  }

  /** The form kept, sealed, in the store. */
  public byte[] encode() {
    return new Fields.Writer()
        .bytes(account.seed().exposeCopy())
        .bytes(vaultSeed.exposeCopy())
        .bytes(signing.seed().exposeCopy())
        .bytes(agreement.secret().exposeCopy())
        .bytes(record.toBytes())
        .toArray();
  }

  /**
   * Reads the form kept in the store.
   *
   * @throws Fault PROFILE_CORRUPT
   */
  public static Identity decode(Suite suite, byte[] encoded) {
    Fields.Reader in = new Fields.Reader(encoded, FaultCode.PROFILE_CORRUPT);
    Secret account = Secret.take(in.exactly(32).toArray());
    Secret vaultSeed = Secret.take(in.exactly(32).toArray());
    Secret signing = Secret.take(in.exactly(32).toArray());
    Secret agreement = Secret.take(in.exactly(32).toArray());
    Bytes record = in.bytes(UserRecord.MAX_ENCODED + 128);
    in.end();
    Identity identity =
        new Identity(
            suite.signing().pair(account),
            vaultSeed,
            suite.signing().pair(signing),
            suite.agreement().pair(agreement),
            recorded(record));
    if (!identity.agrees()) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "the kept keys are not those of the record");
    }
    return identity;
  }

  private static UserRecord.Signed recorded(Bytes record) {
    try {
      return UserRecord.Signed.parse(record.toArray());
    } catch (Fault fault) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "the kept record is damaged", fault);
    }
  }

  private boolean agrees() {
    UserRecord.Device device = record.record().devices().get(0);
    return record.record().accountKey().equals(account.publicKey())
        && device.signingKey().equals(signing.publicKey())
        && device.agreementKey().equals(agreement.publicKey());
  }

  /** Prints no key. */
  @Override
  public String toString() {
    return "Identity[" + address() + "]";
  }
}
