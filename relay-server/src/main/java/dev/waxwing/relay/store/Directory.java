package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Users, their devices and keys, invites, and who lets whom write or see. Called on the store
 * thread only, inside its transaction; times are milliseconds since 1970. A record whose checksum
 * does not agree throws STORE_CORRUPT, for that record alone.
 */
public interface Directory {

  /**
   * Binds a user ID to the first account key that comes for it, paying with the invite if one is
   * named.
   */
  Registration.Outcome register(Registration wish, long now);

  /** The user, if registered. */
  Optional<UserEntry> find(UserId user);

  /**
   * Users in the order of their names.
   *
   * @param after the name before the page; null for the first page
   */
  List<UserEntry> list(@Nullable UserId after, int limit);

  /** Number of users. */
  long count();

  /**
   * Stores a newer record of a user, already verified to be signed by {@code accountKey}. Devices
   * that are no longer in it lose their prekeys and mail.
   *
   * @return whether the user exists and is bound to that key; nothing was changed otherwise
   */
  boolean putRecord(UserId user, Bytes accountKey, Bytes record, List<DeviceId> devices, long now);

  /** Notes that a device of the user logged in. */
  void seen(UserId user, long now);

  /** Removes a user with devices, prekeys, lists and mail; the mail is recorded with the reason. */
  boolean remove(UserId user, RemovedReason reason, long now);

  /** Creates an invite; the same token again changes nothing. */
  void createInvite(TokenHash token, Invite.Limits limits, String note);

  /** Every invite, newest first. */
  List<Invite> invites();

  /** Takes an invite back; false when there is none. */
  boolean revokeInvite(TokenHash token);

  /**
   * Keeps prekeys of a device, up to the caps. A one-time key that was handed out already is not
   * kept again.
   *
   * @param replace whether all one-time keys of this device still here are dropped first
   * @return what is there now
   * @throws Fault USER_UNKNOWN when the device is not registered
   */
  Prekeys.Counts publishPrekeys(Address device, Prekeys.Batch batch, boolean replace);

  /** One-time keys of a device left. */
  Prekeys.Counts prekeysLeft(Address device);

  /** Takes a bundle for each device of a user; empty when the user is unknown. */
  Optional<Prekeys.Taken> takeBundles(UserId user);

  /**
   * Blocks or unblocks.
   *
   * @throws Fault USER_UNKNOWN when either is not registered
   */
  void setBlocked(UserId owner, UserId other, boolean blocked);

  /** Whom the owner has blocked, sorted. */
  List<UserId> blockedBy(UserId owner);

  /** Whether {@code owner} has blocked {@code other}. */
  boolean isBlocked(UserId owner, UserId other);

  /**
   * Lets another user see the owner, or no longer.
   *
   * @throws Fault USER_UNKNOWN when either is not registered
   */
  void setVisible(UserId owner, UserId other, boolean visible);

  /** Who may see the owner, sorted. */
  List<UserId> visibleTo(UserId owner);

  /** Who may see the user and whom the user may see: visibility granted both ways, sorted. */
  List<UserId> mutual(UserId user);

  /** Adds to a counter; nothing happens for an unknown user. */
  void add(UserId user, Counter counter, long amount);

  /** Every counter of a user; those never added to are absent. */
  Map<Counter, Long> counters(UserId user);
}
