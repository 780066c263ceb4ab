package dev.waxwing.identity;

import dev.waxwing.crypto.Kem;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Signing;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prekeys as published, stored at the relay and handed out (PROTOCOL.md, "Prekeys"). */
public final class Prekeys {
  /** One-time X25519 keys a device keeps at the relay. */
  public static final int ONE_TIME = 100;

  /** One-time ML-KEM keys a device keeps at the relay. */
  public static final int ONE_TIME_KEM = 50;

  /** Below this many left, a device publishes more. */
  public static final int LOW = 20;

  private Prekeys() {}

  /** The four kinds; the kind is part of what a prekey's signature covers. */
  public enum Kind {
    /** SPK: signed X25519 prekey, rotated. */
    SIGNED("spk", KeyAgreement.KEY),
    /** KPK: last-resort ML-KEM prekey, rotated. */
    LAST_RESORT_KEM("kpk", Kem.PUBLIC),
    /** OPK: one-time X25519 prekey. */
    ONE_TIME("opk", KeyAgreement.KEY),
    /** One-time ML-KEM prekey. */
    ONE_TIME_KEM("kopk", Kem.PUBLIC);

    private final String label;
    private final int length;

    Kind(String label, int length) {
      this.label = label;
      this.length = length;
    }

    /** Length of a key of this kind in bytes. */
    public int length() {
      return length;
    }
  }

  /**
   * One public prekey, signed by its device's signing key.
   *
   * @param kind what it is for
   * @param id unique among the device's keys of this kind, never used again
   * @param created milliseconds since 1970
   * @param key the public key
   * @param signature 64 bytes over kind, id, user, device, creation time and key
   */
  public record Prekey(Kind kind, long id, long created, Bytes key, Bytes signature) {
    /** Checks lengths. */
    public Prekey {
      if (id < 0 || created < 0 || key.length() != kind.length || signature.length() != 64) {
        throw new Fault(FaultCode.PREKEY_INVALID, "a prekey with impossible fields");
      }
    }

    /** Makes and signs a prekey of {@code owner}. */
    public static Prekey sign(
        Signing signing, Signing.Pair device, Address owner, Unsigned unsigned) {
      return new Prekey(
          unsigned.kind(),
          unsigned.id(),
          unsigned.created(),
          unsigned.key(),
          signing.sign(device, covered(owner, unsigned)));
    }

    /** Whether {@code deviceKey}, the signing key of {@code owner}, signed this prekey. */
    public boolean verify(Signing signing, Bytes deviceKey, Address owner) {
      return signing.verify(
          deviceKey, covered(owner, new Unsigned(kind, id, created, key)), signature);
    }

    /** The form on the wire and on disk. */
    public byte[] encode() {
      return new Fields.Writer()
          .text(kind.label)
          .number(id)
          .number(created)
          .bytes(key)
          .bytes(signature)
          .toArray();
    }

    /**
     * Reads the form on the wire; the signature is not checked yet.
     *
     * @throws Fault PREKEY_INVALID
     */
    public static Prekey decode(byte[] encoded) {
      Fields.Reader in = new Fields.Reader(encoded, FaultCode.PREKEY_INVALID);
      String label = in.text(8);
      Kind kind =
          java.util.Arrays.stream(Kind.values())
              .filter(candidate -> candidate.label.equals(label))
              .findFirst()
              .orElseThrow(() -> new Fault(FaultCode.PREKEY_INVALID, "a prekey of unknown kind"));
      Prekey prekey =
          new Prekey(kind, in.number(), in.number(), in.exactly(kind.length), in.exactly(64));
      in.end();
      return prekey;
    }

    private static byte[] covered(Address owner, Unsigned prekey) {
      return Labels.signed(
          prekey.kind().label,
          new Fields.Writer()
              .number(prekey.id())
              .text(owner.user().name())
              .bytes(owner.device().value())
              .number(prekey.created())
              .bytes(prekey.key())
              .toArray());
    }
  }

  /** What of a prekey is to be signed. */
  public record Unsigned(Kind kind, long id, long created, Bytes key) {}

  /**
   * What a device publishes in one frame: possibly new rotated keys, and one-time keys to add.
   *
   * @param signed a new signed prekey, if any
   * @param lastResort a new last-resort KEM prekey, if any
   * @param oneTime one-time keys of both kinds
   */
  public record Batch(Optional<Prekey> signed, Optional<Prekey> lastResort, List<Prekey> oneTime) {
    /** Most one-time keys in a batch: what a device keeps at the relay. */
    public static final int MAX = ONE_TIME + ONE_TIME_KEM;

    /** Checks kinds and counts. */
    public Batch {
      oneTime = List.copyOf(oneTime);
      if (signed.filter(key -> key.kind() != Kind.SIGNED).isPresent()
          || lastResort.filter(key -> key.kind() != Kind.LAST_RESORT_KEM).isPresent()
          || oneTime.size() > MAX
          || oneTime.stream()
              .anyMatch(key -> key.kind() != Kind.ONE_TIME && key.kind() != Kind.ONE_TIME_KEM)) {
        throw new Fault(FaultCode.PREKEY_INVALID, "a prekey of the wrong kind in a batch");
      }
    }

    /** The body of {@code PublishPrekeys}. */
    public byte[] encode() {
      Fields.Writer out = new Fields.Writer();
      List<Prekey> all = new ArrayList<>();
      signed.ifPresent(all::add);
      lastResort.ifPresent(all::add);
      all.addAll(oneTime);
      out.number(all.size());
      all.forEach(prekey -> out.bytes(prekey.encode()));
      return out.toArray();
    }

    /**
     * Reads a body.
     *
     * @throws Fault PREKEY_INVALID
     */
    public static Batch decode(byte[] body) {
      Fields.Reader in = new Fields.Reader(body, FaultCode.PREKEY_INVALID);
      int count = in.count(MAX + 2);
      Optional<Prekey> signed = Optional.empty();
      Optional<Prekey> lastResort = Optional.empty();
      List<Prekey> oneTime = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Prekey prekey = Prekey.decode(in.bytes(2048).toArray());
        if (prekey.kind() == Kind.SIGNED && signed.isEmpty()) {
          signed = Optional.of(prekey);
        } else if (prekey.kind() == Kind.LAST_RESORT_KEM && lastResort.isEmpty()) {
          lastResort = Optional.of(prekey);
        } else {
          oneTime.add(prekey);
        }
      }
      in.end();
      return new Batch(signed, lastResort, oneTime);
    }
  }

  /**
   * What the relay hands out for one device: each one-time key goes to one requester only.
   *
   * @param device whose keys these are
   * @param signed the current signed prekey
   * @param kem a one-time ML-KEM prekey, or the last-resort one when none is left
   * @param oneTime a one-time X25519 prekey, when one is left
   */
  public record Bundle(DeviceId device, Prekey signed, Prekey kem, Optional<Prekey> oneTime) {
    /** Checks kinds. */
    public Bundle {
      if (signed.kind() != Kind.SIGNED
          || (kem.kind() != Kind.LAST_RESORT_KEM && kem.kind() != Kind.ONE_TIME_KEM)
          || oneTime.filter(key -> key.kind() != Kind.ONE_TIME).isPresent()) {
        throw new Fault(FaultCode.PREKEY_INVALID, "a prekey of the wrong kind in a bundle");
      }
    }

    /** Whether every key in it is signed by the device as the record names it. */
    public boolean verify(Signing signing, UserRecord owner) {
      Optional<UserRecord.Device> keys = owner.device(device);
      Address address = new Address(owner.user(), device);
      return keys.isPresent()
          && signed.verify(signing, keys.get().signingKey(), address)
          && kem.verify(signing, keys.get().signingKey(), address)
          && oneTime.map(key -> key.verify(signing, keys.get().signingKey(), address)).orElse(true);
    }
  }

  /**
   * A user's record and a bundle for each device that has published prekeys: the body of {@code
   * Bundles}.
   *
   * @param owner the signed record
   * @param bundles at most one a device
   */
  public record Bundles(UserRecord.Signed owner, List<Bundle> bundles) {
    /** The body. */
    public byte[] encode() {
      Fields.Writer out = new Fields.Writer().bytes(owner.toBytes()).number(bundles.size());
      for (Bundle bundle : bundles) {
        out.bytes(bundle.device().value())
            .bytes(bundle.signed().encode())
            .bytes(bundle.kem().encode())
            .bytes(bundle.oneTime().map(Prekey::encode).orElseGet(() -> new byte[0]));
      }
      return out.toArray();
    }

    /**
     * Reads a body; no signature is checked yet.
     *
     * @throws Fault RECORD_INVALID or PREKEY_INVALID
     */
    public static Bundles decode(byte[] body) {
      Fields.Reader in = new Fields.Reader(body, FaultCode.PREKEY_INVALID);
      UserRecord.Signed owner =
          UserRecord.Signed.parse(in.bytes(UserRecord.MAX_ENCODED + 128).toArray());
      int count = in.count(WireLimits.MAX_DEVICES);
      List<Bundle> bundles = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        DeviceId device = new DeviceId(in.exactly(DeviceId.LENGTH));
        Prekey signed = Prekey.decode(in.bytes(2048).toArray());
        Prekey kem = Prekey.decode(in.bytes(2048).toArray());
        Bytes oneTime = in.bytes(2048);
        bundles.add(
            new Bundle(
                device,
                signed,
                kem,
                oneTime.length() == 0
                    ? Optional.empty()
                    : Optional.of(Prekey.decode(oneTime.toArray()))));
      }
      in.end();
      return new Bundles(owner, List.copyOf(bundles));
    }
  }
}
