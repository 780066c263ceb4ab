package dev.waxwing.relay.store;

import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prekeys as the relay keeps them: encoded and opaque, checked by those who use them. */
public final class Prekeys {
  private Prekeys() {}

  /** Most one-time X25519 keys kept for a device; what is published beyond is not kept. */
  public static final int MAX_ONE_TIME = 200;

  /** Most one-time ML-KEM keys kept for a device; what is published beyond is not kept. */
  public static final int MAX_ONE_TIME_KEM = 100;

  /** Longest encoded prekey, in bytes: an ML-KEM-768 key is 1184, its signature 64. */
  public static final int MAX_ENCODED = 4096;

  /**
   * What a device publishes.
   *
   * @param signed the signed X25519 prekey; null keeps the one stored
   * @param lastResort the signed last-resort ML-KEM prekey; null keeps the one stored
   * @param oneTime one-time X25519 keys to add
   * @param oneTimeKem one-time ML-KEM keys to add
   */
  public record Batch(
      @Nullable Bytes signed,
      @Nullable Bytes lastResort,
      List<OneTime> oneTime,
      List<OneTime> oneTimeKem) {
    /**
     * Checks the lengths.
     *
     * @throws Fault PREKEY_INVALID
     */
    public Batch {
      oneTime = List.copyOf(oneTime);
      oneTimeKem = List.copyOf(oneTimeKem);
      if (signed != null) {
        requireLength(signed);
      }
      if (lastResort != null) {
        requireLength(lastResort);
      }
    }
  }

  /**
   * A key to be handed out once.
   *
   * @param id the device's own number for it
   * @param encoded the key
   */
  public record OneTime(long id, Bytes encoded) {
    /**
     * Checks the length.
     *
     * @throws Fault PREKEY_INVALID
     */
    public OneTime {
      requireLength(encoded);
    }
  }

  /**
   * One-time keys left at the relay.
   *
   * @param oneTime X25519
   * @param oneTimeKem ML-KEM
   */
  public record Counts(int oneTime, int oneTimeKem) {}

  /**
   * What opens a session with one device.
   *
   * @param device the device
   * @param signed its signed X25519 prekey
   * @param lastResort its signed last-resort ML-KEM prekey
   * @param oneTime one-time X25519 key, handed out now and never again; null when none was left
   * @param oneTimeKem one-time ML-KEM key, the same
   */
  public record Bundle(
      DeviceId device,
      Bytes signed,
      Bytes lastResort,
      @Nullable OneTime oneTime,
      @Nullable OneTime oneTimeKem) {}

  /**
   * A bundle of each device of a user that has published prekeys.
   *
   * @param user the user's entry
   * @param bundles in the order of the devices
   * @param left by device: what is left after this taking, in the order of the bundles
   */
  public record Taken(UserEntry user, List<Bundle> bundles, List<Counts> left) {
    /** Copies the lists. */
    public Taken {
      bundles = List.copyOf(bundles);
      left = List.copyOf(left);
    }

    /** Whose they are. */
    public UserId of() {
      return user.user();
    }
  }

  private static void requireLength(Bytes encoded) {
    if (encoded.length() == 0 || encoded.length() > MAX_ENCODED) {
      throw new Fault(FaultCode.PREKEY_INVALID, "a prekey of " + encoded.length() + " bytes");
    }
  }
}
