/**
 * The disk side of transfers: what is read, as bytes at offsets that do not change unseen, and what
 * is written, under a name of its own until it is whole. Blocking; each object has one thread.
 */
@NullMarked
package dev.waxwing.peer.files;

import org.jspecify.annotations.NullMarked;
