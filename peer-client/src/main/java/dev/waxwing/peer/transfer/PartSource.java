package dev.waxwing.peer.transfer;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.files.Source;
import java.nio.ByteBuffer;

/** Where an upload's plaintext comes from, part by part. One thread. */
interface PartSource extends AutoCloseable {
  /**
   * Fills {@code into} with a part, whole unless it is the last.
   *
   * @return whether it is the last
   */
  boolean read(long part, ByteBuffer into);

  /**
   * Waits a while for a part that is still being written.
   *
   * @return whether {@link #read} gives it, or says why not, at once
   */
  default boolean await(long part, long millis) {
    return true;
  }

  /** Whether there is no such part: the one before it was the last. */
  boolean past(long part);

  /** Checks that the plaintext is still what it was. */
  void verify();

  /** Parts below {@code upTo} will never be asked for again. */
  default void kept(long upTo) {}

  /** Whether a part may be read only when something is kept: there is no room to remember it. */
  default boolean full(long part) {
    return false;
  }

  @Override
  void close();

  /** Bytes at hand. */
  static PartSource of(byte[] content) {
    return new PartSource() {
      @Override
      public boolean read(long part, ByteBuffer into) {
        int from = (int) (part * AgeWriter.PART_PLAINTEXT);
        int length = Math.min(AgeWriter.PART_PLAINTEXT, content.length - from);
        into.put(content, from, length);
        return from + length == content.length;
      }

      @Override
      public boolean past(long part) {
        return part >= AgeWriter.partCount(content.length);
      }

      @Override
      public void verify() {}

      @Override
      public void close() {}
    };
  }

  /** A file or a folder on this disk: any part can be read at any time. */
  static PartSource of(Source source) {
    return new PartSource() {
      @Override
      public boolean read(long part, ByteBuffer into) {
        source.read(part * AgeWriter.PART_PLAINTEXT, into);
        return part + 1 == AgeWriter.partCount(source.size());
      }

      @Override
      public boolean past(long part) {
        return part >= AgeWriter.partCount(source.size());
      }

      @Override
      public void verify() {
        source.verify();
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }
}
