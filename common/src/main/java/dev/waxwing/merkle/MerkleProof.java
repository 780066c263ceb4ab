package dev.waxwing.merkle;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.util.List;

/**
 * Proofs over tree heads (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Malformed is false. Stateless.
 */
public final class MerkleProof {
  private MerkleProof() {}

  /** Whether {@code leafHash} is leaf {@code index} of the tree of {@code size} leaves. */
  public static boolean includes(
      Bytes leafHash, long index, long size, List<Bytes> path, Bytes root) {
    if (index < 0 || index >= size || !hashes(path) || leafHash.length() != LeafHash.LENGTH) {
      return false;
    }
    long node = index;
    long last = size - 1;
    Bytes reached = leafHash;
    for (Bytes sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        reached = LeafHash.node(sibling, reached);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        reached = LeafHash.node(reached, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && same(reached, root);
  }

  /**
   * Whether the tree of {@code newSize} leaves begins with all of the one of {@code oldSize}. About
   * an old tree without leaves there is nothing to prove: false.
   */
  public static boolean continues(
      long oldSize, Bytes oldRoot, long newSize, Bytes newRoot, List<Bytes> path) {
    if (oldSize < 1 || oldSize > newSize || !hashes(path)) {
      return false;
    }
    if (oldSize == newSize) {
      return path.isEmpty() && same(oldRoot, newRoot);
    }
    boolean complete = (oldSize & (oldSize - 1)) == 0;
    if (path.isEmpty() && !complete) {
      return false;
    }
    int skipped = Long.numberOfTrailingZeros(oldSize);
    long node = (oldSize - 1) >>> skipped;
    long last = (newSize - 1) >>> skipped;
    Bytes oldReached = complete ? oldRoot : path.get(0);
    Bytes newReached = oldReached;
    for (Bytes sibling : complete ? path : path.subList(1, path.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldReached = LeafHash.node(sibling, oldReached);
        newReached = LeafHash.node(sibling, newReached);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        newReached = LeafHash.node(newReached, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && same(oldReached, oldRoot) && same(newReached, newRoot);
  }

  private static boolean hashes(List<Bytes> path) {
    return path.stream().allMatch(hash -> hash.length() == LeafHash.LENGTH);
  }

  private static boolean same(Bytes one, Bytes other) {
    return MessageDigest.isEqual(one.toArray(), other.toArray());
  }
}
