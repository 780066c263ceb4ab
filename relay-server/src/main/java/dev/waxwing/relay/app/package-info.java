/** Starts a relay: its command line, its configuration and its exit codes. */
@NullMarked
package dev.waxwing.relay.app;

import org.jspecify.annotations.NullMarked;
