/**
 * What a peer remembers, on disk: where a profile lives, the key that seals it, and the SQLite
 * database behind {@link dev.waxwing.peer.session.PeerStore}.
 */
@NullMarked
package dev.waxwing.peer.store;

import org.jspecify.annotations.NullMarked;
