package dev.waxwing.relay.core;

/**
 * What a relay knows of the time.
 *
 * @param clock milliseconds since 1970, as far as the machine knows; may jump both ways
 * @param ran milliseconds that relays on this store have run in all: goes on evenly and is never
 *     set; after a crash it begins again a few minutes back
 */
public record Moment(long clock, long ran) {}
