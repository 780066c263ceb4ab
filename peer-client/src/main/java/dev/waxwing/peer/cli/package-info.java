/** The waxwing command: one class a subcommand, and the entry point. */
@NullMarked
package dev.waxwing.peer.cli;

import org.jspecify.annotations.NullMarked;
