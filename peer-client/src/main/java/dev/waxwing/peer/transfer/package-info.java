/**
 * Files on their way: what is remembered of each transfer, and the workers that seal, send, receive
 * and open parts. A worker may block; nothing here runs on an event loop.
 */
@NullMarked
package dev.waxwing.peer.transfer;

import org.jspecify.annotations.NullMarked;
