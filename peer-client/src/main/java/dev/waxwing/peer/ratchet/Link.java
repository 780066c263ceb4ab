package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;

/**
 * The two ends of a conversation and the primitives they use. Not stored with it.
 *
 * @param suite suite WX1
 * @param us this device
 * @param agreement the private half of our DIK, 32 bytes
 * @param peer the other device
 */
public record Link(Suite suite, Party us, Secret agreement, Party peer) {}
