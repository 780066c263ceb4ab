/** Backups of a relay: made beside it while it runs, checked, and restored. */
@NullMarked
package dev.waxwing.relay.backup;

import org.jspecify.annotations.NullMarked;
