/**
 * The relay's sockets: TLS, HTTP and WebSocket over Vert.x, one owner context a connection, and the
 * loop that gives the hub its events and carries its effects out.
 */
@NullMarked
package dev.waxwing.relay.net;

import org.jspecify.annotations.NullMarked;
