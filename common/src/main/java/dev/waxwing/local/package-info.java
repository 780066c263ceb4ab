/**
 * One profile, many commands: the process that holds a directory listens on a private Unix-domain
 * socket in it, and later commands work through that socket as JSON Lines. Threads of its own.
 */
@NullMarked
package dev.waxwing.local;

import org.jspecify.annotations.NullMarked;
