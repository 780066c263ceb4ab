package dev.waxwing.relay.core;

/**
 * What the two clocks of this machine say at one time.
 *
 * @param clock milliseconds since 1970, as far as the machine knows; may jump both ways
 * @param steady milliseconds since some moment of its own; goes on evenly and is never set
 */
public record Moment(long clock, long steady) {}
