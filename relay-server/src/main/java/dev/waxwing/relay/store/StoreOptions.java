package dev.waxwing.relay.store;

import dev.waxwing.message.EpochId;

/**
 * What a store needs to know.
 *
 * @param mailQuota bytes a user's mail may take, bodies and {@link Mailbox#ROW_OVERHEAD}
 * @param epoch the mailboxes' incarnation, used when the store is made; fresh and random
 */
public record StoreOptions(long mailQuota, EpochId epoch) {
  /** 64 MiB of mail a user. */
  public static final long DEFAULT_MAIL_QUOTA = 64L << 20;
}
