package dev.waxwing.relay.store;

/**
 * Work on the store thread. A function of the store alone: it may run more than once before its
 * result counts, and then all but the last run are undone.
 *
 * @param <T> its result, never null
 */
@FunctionalInterface
public interface StoreWork<T> {
  /** Does the work; throws a {@code Fault} to have all of it undone. */
  T run(Store store);
}
