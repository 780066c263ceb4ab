/**
 * What the relay keeps, and keeps true through crashes: users, mail and the list of blobs in SQLite
 * behind one writer thread, the parts of blobs in files.
 */
@NullMarked
package dev.waxwing.relay.store;

import org.jspecify.annotations.NullMarked;
