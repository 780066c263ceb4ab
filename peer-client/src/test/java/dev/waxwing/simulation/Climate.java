package dev.waxwing.simulation;

import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.store.StoreOptions;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a seed's world is like: which trouble there is at all, and how narrow the limits are. Worlds
 * with little trouble find what worlds with much of it hide.
 *
 * @param kinds what may happen
 * @param people how many there are
 * @param lag longest delay between two frames, milliseconds
 * @param mailQuota bytes of mail a person may have waiting
 * @param sends messages a person may send
 * @param blobs what blobs may take
 */
record Climate(
    Set<Kind> kinds, int people, long lag, long mailQuota, Policy.Rate sends, Policy.Blobs blobs) {
  /** A kind of trouble. */
  enum Kind {
    CUTS,
    RELAY_CRASHES,
    RELAY_RESTORES,
    RELAY_DRAINS,
    RELAY_DISK,
    RELAY_CLOCK,
    PEER_CRASHES,
    PEER_DISK,
    PEER_CLOCK,
    LEAPS,
    BLOBS
  }

  private static final Policy.Rate MANY = new Policy.Rate(100_000, 10_000);
  private static final Policy.Rate FEW = new Policy.Rate(8, 3);
  private static final Policy.Blobs NARROW =
      new Policy.Blobs(9L << 20, 10, 100, 3L << 20, 6L << 20);

  static Climate of(Dice dice) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (dice.oneIn(rarity(kind))) {
        kinds.add(kind);
      }
    }
    return new Climate(
        kinds,
        2 + dice.below(World.PEOPLE - 1),
        dice.oneIn(5) ? 400 : dice.between(2, 60),
        dice.oneIn(4) ? 60_000 : StoreOptions.DEFAULT_MAIL_QUOTA,
        dice.oneIn(4) ? FEW : MANY,
        dice.heads() ? NARROW : Policy.Blobs.DEFAULT);
  }

  private static int rarity(Kind kind) {
    return switch (kind) {
      case CUTS, RELAY_CRASHES, PEER_CRASHES -> 2;
      case RELAY_DISK, PEER_DISK, RELAY_RESTORES, BLOBS -> 3;
      case RELAY_DRAINS, RELAY_CLOCK, PEER_CLOCK -> 4;
      case LEAPS -> 8;
    };
  }

  boolean has(Kind kind) {
    return kinds.contains(kind);
  }
}
