package dev.waxwing.merkle;

import dev.waxwing.wire.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The tree hash of RFC 6962 over leaves that arrive one by one. Holds the roots of the complete
 * subtrees only, one for each one-bit of the size: at most 64 hashes. One thread.
 */
public final class MerkleTree {
  private static final Bytes EMPTY_ROOT = Bytes.of(LeafHash.sha256().digest());

  /** Roots of the complete subtrees, the smallest (rightmost) first. */
  private final Deque<Bytes> complete = new ArrayDeque<>();

  private long size;

  /** An empty tree. */
  public MerkleTree() {}

  /** A tree over the leaf hashes given, as {@link #append} would have made it. */
  public static MerkleTree over(Iterable<Bytes> leafHashes) {
    MerkleTree tree = new MerkleTree();
    leafHashes.forEach(tree::append);
    return tree;
  }

  /** Appends a leaf, given as its hash of 32 bytes. */
  public void append(Bytes leafHash) {
    if (leafHash.length() != LeafHash.LENGTH) {
      throw new IllegalArgumentException("a leaf hash of " + leafHash.length() + " B");
    }
    Bytes root = leafHash;
    for (long merges = size; (merges & 1) == 1; merges >>>= 1) {
      root = LeafHash.node(complete.pop(), root);
    }
    complete.push(root);
    size++;
  }

  /** Leaves appended so far. */
  public long size() {
    return size;
  }

  /** The root over all leaves so far; of none, the hash of nothing. */
  public Bytes root() {
    Iterator<Bytes> subtrees = complete.iterator();
    if (!subtrees.hasNext()) {
      return EMPTY_ROOT;
    }
    Bytes root = subtrees.next();
    while (subtrees.hasNext()) {
      root = LeafHash.node(subtrees.next(), root);
    }
    return root;
  }
}
