/**
 * What messages mean: the plaintext inside the ratchet. Pure; Jackson in {@link ContentCodec} only.
 */
@NullMarked
package dev.waxwing.peer.content;

import org.jspecify.annotations.NullMarked;
