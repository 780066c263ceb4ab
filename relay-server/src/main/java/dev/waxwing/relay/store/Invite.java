package dev.waxwing.relay.store;

/**
 * An invite as the relay knows it.
 *
 * @param token the hash of its token, which also names it to the operator
 * @param limits what it is good for
 * @param note the operator's own words, untrusted text when shown
 * @param used registrations it has paid for
 * @param revoked whether the operator took it back
 */
public record Invite(TokenHash token, Limits limits, String note, int used, boolean revoked) {

  /**
   * What an invite is good for.
   *
   * @param created milliseconds since 1970
   * @param expires milliseconds since 1970; good strictly before
   * @param uses registrations it pays for, at least 1
   */
  public record Limits(long created, long expires, int uses) {
    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException when it is good for nothing
     */
    public Limits {
      if (uses < 1) {
        throw new IllegalArgumentException("an invite of " + uses + " uses");
      }
    }
  }
}
