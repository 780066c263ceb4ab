/** Merkle tree hashes of RFC 6962 over the parts of a blob: leaves, roots and proofs. */
@NullMarked
package dev.waxwing.merkle;

import org.jspecify.annotations.NullMarked;
