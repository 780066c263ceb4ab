/**
 * The age v1 file format (C2SP age.md) for one X25519 recipient: a writer that seals any part again
 * byte for byte, and a reader that opens any part.
 */
@NullMarked
package dev.waxwing.peer.age;

import org.jspecify.annotations.NullMarked;
