package dev.waxwing.relay.core;

import dev.waxwing.wire.Bytes;

/** Where challenges and tokens come from: a secure source in the relay, a seeded one in tests. */
@FunctionalInterface
public interface Randomness {
  /** {@code count} fresh random bytes. */
  Bytes next(int count);
}
