package dev.waxwing.identity;

import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Signing;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who a user is: the account's public keys and its devices, as a link of a hash chain signed by the
 * account identity key, or by the previous one when it changes (PROTOCOL.md, "Identity").
 *
 * @param user the user ID
 * @param seq 0 for the first record, one more for each that follows
 * @param previous SHA-256 of the encoded record before; empty for the first
 * @param accountKey AIK, Ed25519, 32 bytes
 * @param vaultKey VK, X-Wing, 1216 bytes
 * @param devices 1 to 16
 * @param time when it was made, milliseconds since 1970, by the maker's clock
 */
public record UserRecord(
    UserId user,
    long seq,
    Bytes previous,
    Bytes accountKey,
    Bytes vaultKey,
    List<Device> devices,
    long time) {
  /** Length of a vault key in bytes. */
  public static final int VAULT_KEY = 1216;

  /** Longest encoded and signed record. */
  public static final int MAX_ENCODED = 8192;

  private static final String FORMAT = "user-record/1";
  private static final String SIGNATURE_TYPE = "user-record";

  /** Checks lengths and that no device repeats. */
  public UserRecord {
    devices = List.copyOf(devices);
    if (accountKey.length() != Signing.PUBLIC
        || vaultKey.length() != VAULT_KEY
        || (seq == 0) != (previous.length() == 0)
        || (seq != 0 && previous.length() != 32)
        || devices.isEmpty()
        || devices.size() > WireLimits.MAX_DEVICES
        || devices.stream().map(Device::device).distinct().count() != devices.size()) {
      throw new Fault(FaultCode.RECORD_INVALID, "a user record with impossible fields");
    }
  }

  /**
   * One device's public keys.
   *
   * @param device the device
   * @param signingKey DSK, Ed25519, 32 bytes
   * @param agreementKey DIK, X25519, 32 bytes
   */
  public record Device(DeviceId device, Bytes signingKey, Bytes agreementKey) {
    /** Checks lengths. */
    public Device {
      if (signingKey.length() != 32 || agreementKey.length() != 32) {
        throw new Fault(FaultCode.RECORD_INVALID, "a device key of the wrong length");
      }
    }
  }

  /** The device with this ID, if it is one of the user's. */
  public Optional<Device> device(DeviceId id) {
    return devices.stream().filter(device -> device.device().equals(id)).findFirst();
  }

  /** The exact bytes that are signed and hashed. */
  public byte[] encode() {
    Fields.Writer out =
        new Fields.Writer()
            .text(FORMAT)
            .text(user.name())
            .number(seq)
            .bytes(previous)
            .bytes(accountKey)
            .bytes(vaultKey)
            .number(devices.size());
    devices.forEach(
        device ->
            out.bytes(device.device().value())
                .bytes(device.signingKey())
                .bytes(device.agreementKey()));
    return out.number(time).toArray();
  }

  /** Signs with the account key (for the first record, or one that keeps the key). */
  public Signed sign(Signing signing, Signing.Pair signer) {
    byte[] encoded = encode();
    Bytes signature = signing.sign(signer, Labels.signed(SIGNATURE_TYPE, encoded));
    return new Signed(this, Bytes.of(encoded), signature);
  }

  /**
   * A record as it travels: the exact bytes that were signed and the signature over them.
   *
   * @param record what the bytes say
   * @param encoded the bytes
   * @param signature 64 bytes
   */
  public record Signed(UserRecord record, Bytes encoded, Bytes signature) {
    /** The form on the wire and on disk. */
    public byte[] toBytes() {
      return new Fields.Writer().bytes(encoded).bytes(signature).toArray();
    }

    /**
     * Reads the form on the wire; the signature is not checked yet.
     *
     * @throws Fault RECORD_INVALID
     */
    public static Signed parse(byte[] bytes) {
      Fields.Reader outer = new Fields.Reader(bytes, FaultCode.RECORD_INVALID);
      Bytes encoded = outer.bytes(MAX_ENCODED);
      Bytes signature = outer.exactly(Signing.SIGNATURE);
      outer.end();
      Fields.Reader in = new Fields.Reader(encoded.toArray(), FaultCode.RECORD_INVALID);
      if (!in.text(32).equals(FORMAT)) {
        throw new Fault(FaultCode.RECORD_INVALID, "a user record of unknown form");
      }
      UserId user = new UserId(in.text(32));
      long seq = in.number();
      Bytes previous = in.bytes(32);
      Bytes accountKey = in.exactly(Signing.PUBLIC);
      Bytes vaultKey = in.exactly(VAULT_KEY);
      int count = in.count(WireLimits.MAX_DEVICES);
      List<Device> devices = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        devices.add(
            new Device(new DeviceId(in.exactly(DeviceId.LENGTH)), in.exactly(32), in.exactly(32)));
      }
      long time = in.number();
      in.end();
      return new Signed(
          new UserRecord(user, seq, previous, accountKey, vaultKey, devices, time),
          encoded,
          signature);
    }

    /** Whether {@code key} signed exactly these bytes. */
    public boolean signedBy(Signing signing, Bytes key) {
      return signing.verify(key, Labels.signed(SIGNATURE_TYPE, encoded.toArray()), signature);
    }
  }
}
