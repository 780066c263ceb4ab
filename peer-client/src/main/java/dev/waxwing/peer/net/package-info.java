/**
 * Connections to the relay: dialled, verified, then handed over as streams of frames. Vert.x
 * appears here only.
 */
@NullMarked
package dev.waxwing.peer.net;

import org.jspecify.annotations.NullMarked;
