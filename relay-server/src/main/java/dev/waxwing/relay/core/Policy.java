package dev.waxwing.relay.core;

/**
 * The operator's rules; may be replaced while the relay runs.
 *
 * @param name what the operator calls the relay
 * @param registration who may register
 * @param visibility who is listed to whom
 * @param limits how much of everything
 */
public record Policy(String name, Registration registration, Visibility visibility, Limits limits) {

  /** Who may register. */
  public enum Registration {
    /** Whoever has an invite. */
    INVITE,
    /** Whoever has an invite and knows the hub password. */
    INVITE_AND_PASSWORD,
    /** Whoever knows the hub password. */
    PASSWORD,
    /** Everybody. */
    OPEN;

    /** Whether registering needs an invite. */
    public boolean inviteNeeded() {
      return this == INVITE || this == INVITE_AND_PASSWORD;
    }

    /** Whether registering needs the hub password. */
    public boolean passwordNeeded() {
      return this == PASSWORD || this == INVITE_AND_PASSWORD;
    }
  }

  /** Who is listed to whom. */
  public enum Visibility {
    /** Everybody to everybody who has not been blocked. */
    OPEN,
    /** Two people to each other, once each has made themselves visible to the other. */
    CONTACTS
  }

  /**
   * How much of everything.
   *
   * @param clients most devices logged in, and most connections not yet logged in
   * @param connectionsPerAddress most connections from one address, data connections included
   * @param messages sends of one user
   * @param bundles bundle fetches of one user
   * @param attempts registrations and logins from one address
   * @param blobs what blobs may take
   */
  public record Limits(
      int clients,
      int connectionsPerAddress,
      Rate messages,
      Rate bundles,
      Rate attempts,
      Blobs blobs) {
    /** What fits a relay for a few thousand people. */
    public static final Limits DEFAULT =
        new Limits(
            10_000, 256, new Rate(400, 200), new Rate(60, 1), new Rate(60, 2), Blobs.DEFAULT);
  }

  /**
   * A token bucket.
   *
   * @param burst tokens it holds
   * @param perSecond tokens it gains
   */
  public record Rate(int burst, double perSecond) {}

  /**
   * What blobs may take.
   *
   * @param quotaBytes on disk and in memory, of one user as owner
   * @param perUser unfinished blobs of one user as owner
   * @param recipients recipients of all unfinished blobs of one user as owner
   * @param windowBytes in memory, of one blob
   * @param memoryBytes in memory, of all blobs
   */
  public record Blobs(
      long quotaBytes, int perUser, int recipients, long windowBytes, long memoryBytes) {
    /** 10 GiB, 1000 blobs and 4096 recipients a user, 32 MiB a blob, 96 MiB in all. */
    public static final Blobs DEFAULT = new Blobs(10L << 30, 1000, 4096, 32L << 20, 96L << 20);
  }

  /** A relay that takes whoever has an invite. */
  public static Policy byInvite(String name) {
    return new Policy(name, Registration.INVITE, Visibility.OPEN, Limits.DEFAULT);
  }
}
