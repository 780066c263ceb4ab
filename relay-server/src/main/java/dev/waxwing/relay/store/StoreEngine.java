package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import java.nio.file.Path;

/**
 * A store with its transactions, for {@link StoreThread} alone. One thread; a transaction is begun
 * before and ended after every use of the three parts.
 */
public interface StoreEngine extends Store, AutoCloseable {

  /** Begins a transaction. */
  void begin();

  /**
   * Ends the transaction; on return it is on disk.
   *
   * @throws Fault DISK_FULL when there is no room: nothing of it was done; STORE_STOPPED and for
   *     good when forcing failed
   */
  void commit();

  /** Undoes the transaction; does nothing outside one. */
  void rollback();

  /** Marks a place inside the transaction. */
  void mark();

  /** Undoes everything since the mark and forgets it. */
  void rollbackToMark();

  /** Forgets the mark, keeping what came after it. */
  void releaseMark();

  /** Changes made so far, by whatever measure: the same number means that nothing was written. */
  long changes();

  /** Outside a transaction: does the upkeep that is due. Cheap when none is. */
  void upkeep(Upkeep when);

  /**
   * Outside a transaction: writes a whole copy of the store as it is now into a new file, 0600, and
   * forces it. Takes as long as reading and writing all of it.
   *
   * @throws Fault TARGET_UNWRITABLE or DISK_FULL when the copy cannot be written, which is no
   *     failure of the store; STORE_CORRUPT when the store cannot be read
   */
  void snapshot(Path into);

  /** Whether it still takes work. */
  State state();

  @Override
  void close();

  /** When upkeep happens. */
  enum Upkeep {
    /** Between two transactions, with work waiting. */
    BUSY,
    /** Nothing waits. */
    IDLE
  }

  /** Whether a store takes work. */
  enum State {
    OPEN,
    /** The disk failed to force; only a restart helps. */
    STOPPED,
    /** The store's structure is damaged; it must be restored. */
    CORRUPT
  }
}
