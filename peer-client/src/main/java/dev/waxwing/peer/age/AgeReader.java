package dev.waxwing.peer.age;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Opens the chunks and parts of one age file in any order. What it gives out was authenticated; the
 * file is whole only when a chunk came that says it is the last and all before it came too, and
 * nothing is opened behind that one. One thread at a time.
 */
public final class AgeReader implements AutoCloseable {
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final PayloadCipher cipher;
  private final int prefixLength;

  /** Index of the last chunk, once it was opened. */
  private long lastChunk = UNKNOWN;

  /** Highest index of a chunk opened, or -1. */
  private long highest = -1;

  private AgeReader(PayloadCipher cipher, int prefixLength) {
    this.cipher = cipher;
    this.prefixLength = prefixLength;
  }

  /**
   * Reads the header, unwraps the file key and verifies the header's MAC; moves {@code start} to
   * the first chunk.
   *
   * @param start the start of the file, with the whole header and the nonce in it
   * @throws Fault AGE_HEADER_INVALID, AGE_UNSUPPORTED, AGE_NO_MATCH, AGE_HEADER_MAC
   */
  public static AgeReader open(Suite suite, AgeIdentity identity, ByteBuffer start) {
    int from = start.position();
    AgeHeader header = AgeHeader.parse(start);
    try (Secret fileKey = header.unwrap(suite, identity)) {
      return new AgeReader(
          new PayloadCipher(suite.kdf(), suite.aead(), fileKey, header.nonce()),
          start.position() - from);
    }
  }

  /** Length of header and nonce in bytes: where chunk 0 starts. Ours have 184. */
  public int prefixLength() {
    return prefixLength;
  }

  /** Whether the last chunk has been opened. */
  public boolean sawLast() {
    return lastChunk != UNKNOWN;
  }

  /**
   * Opens a chunk, everything that remains of {@code sealed}, and moves both buffers.
   *
   * @param plaintext room for {@link WireLimits#CHUNK}
   * @return whether it is the file's last
   * @throws Fault AGE_PAYLOAD; then {@code plaintext} holds nothing of it and no buffer has moved
   */
  public boolean openChunk(long index, ByteBuffer sealed, ByteBuffer plaintext) {
    int length = sealed.remaining();
    boolean full = length == WireLimits.SEALED_CHUNK;
    if (length < Aead.TAG || length > WireLimits.SEALED_CHUNK) {
      throw damaged(index, "a length of " + length + " bytes");
    }
    if (length == Aead.TAG && index > 0) {
      throw damaged(index, "nothing in it");
    }
    if (index > lastChunk) {
      throw damaged(index, "a place behind the last");
    }
    // A whole chunk says only by its nonce whether it is the last; a shorter one must be.
    if (full && index != lastChunk && cipher.open(index, false, length, sealed, plaintext)) {
      highest = Math.max(highest, index);
      return false;
    }
    if (index < highest || !cipher.open(index, true, length, sealed, plaintext)) {
      throw damaged(index, "a wrong tag");
    }
    highest = index;
    lastChunk = index;
    return true;
  }

  /**
   * Opens a part of a file whose prefix is ours, and moves both buffers. Part 0 carries the prefix,
   * which is passed over.
   *
   * @param sealed the whole part
   * @param plaintext room for {@link AgeWriter#PART_PLAINTEXT}; it and {@code sealed} have arrays
   * @return whether the file ends with this part
   * @throws Fault AGE_PAYLOAD; then nothing of the part is given out: {@code plaintext} has not
   *     moved and is filled with zeros
   */
  public boolean openPart(long part, ByteBuffer sealed, ByteBuffer plaintext) {
    int from = plaintext.position();
    try {
      return chunks(part, sealed, plaintext);
    } catch (Fault e) {
      plaintext.position(from);
      int at = plaintext.arrayOffset() + from;
      Arrays.fill(plaintext.array(), at, at + plaintext.remaining(), (byte) 0);
      throw e;
    }
  }

  private boolean chunks(long part, ByteBuffer sealed, ByteBuffer plaintext) {
    long index = part * WireLimits.CHUNKS_PER_PART;
    if (prefixLength != WireLimits.AGE_PREFIX) {
      throw new Fault(FaultCode.AGE_UNSUPPORTED, "an age file that is not cut into our parts");
    }
    if (sealed.remaining() > WireLimits.partLength(part)) {
      throw damaged(index, "a part too long");
    }
    if (part == 0) {
      if (sealed.remaining() < prefixLength) {
        throw damaged(index, "a part shorter than its prefix");
      }
      sealed.position(sealed.position() + prefixLength);
    }
    boolean whole = sealed.remaining() == WireLimits.PART;
    boolean last;
    ByteBuffer chunk = sealed.duplicate();
    do {
      chunk.position(sealed.position());
      chunk.limit(sealed.position() + Math.min(WireLimits.SEALED_CHUNK, sealed.remaining()));
      last = openChunk(index++, chunk, plaintext);
      sealed.position(chunk.position());
    } while (sealed.hasRemaining() && !last);
    if (sealed.hasRemaining() || !whole && !last) {
      throw damaged(index, last ? "a place behind the last" : "no last chunk before it");
    }
    return last;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    cipher.close();
  }

  private static Fault damaged(long index, String why) {
    return new Fault(FaultCode.AGE_PAYLOAD, "chunk " + index + " of an age file has " + why);
  }
}
