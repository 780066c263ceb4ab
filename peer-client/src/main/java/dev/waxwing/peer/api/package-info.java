/**
 * The library: everything a person can do as a peer, as one interface with two ways to it, in this
 * process ({@code PeerClient}) and through the process that holds the profile ({@code RemotePeer}).
 */
@NullMarked
package dev.waxwing.peer.api;

import org.jspecify.annotations.NullMarked;
