package dev.waxwing.peer.files;

import java.nio.ByteBuffer;

/** Plaintext to send: a fixed number of bytes, readable at any offset. One thread. */
public sealed interface Source extends AutoCloseable permits FileSource, FolderTar {
  /** Length in bytes, which does not change. */
  long size();

  /**
   * Fills {@code into} from an offset, or up to the end.
   *
   * @throws dev.waxwing.wire.Fault FILE_CHANGED, FILE_NOT_FOUND, FILE_UNREADABLE
   */
  void read(long from, ByteBuffer into);

  /**
   * Checks that everything is still what it was: before a transfer goes on, and at its end.
   *
   * @throws dev.waxwing.wire.Fault FILE_CHANGED, also when it is gone
   */
  void verify();

  /** Closes the files. */
  @Override
  void close();
}
