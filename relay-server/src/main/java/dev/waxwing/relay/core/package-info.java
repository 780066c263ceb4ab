/**
 * The relay's functional core: {@code on(event, now) → effects}, for sessions, mail and blobs, with
 * no network, file, clock, logger or random source.
 */
@NullMarked
package dev.waxwing.relay.core;

import org.jspecify.annotations.NullMarked;
