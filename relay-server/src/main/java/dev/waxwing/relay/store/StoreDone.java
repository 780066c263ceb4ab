package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import java.util.function.Consumer;

/**
 * Hears the end of work, on the store thread and only after the commit: hand over and return.
 *
 * @param <T> the work's result
 */
public interface StoreDone<T> {
  /** The work is done and on disk. */
  void done(T result);

  /** Nothing of the work was done. */
  void failed(Fault fault);

  /** One that calls either of the two. */
  static <T> StoreDone<T> of(Consumer<T> done, Consumer<Fault> failed) {
    return new StoreDone<>() {
      @Override
      public void done(T result) {
        done.accept(result);
      }

      @Override
      public void failed(Fault fault) {
        failed.accept(fault);
      }
    };
  }
}
