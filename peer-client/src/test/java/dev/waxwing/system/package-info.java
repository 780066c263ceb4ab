/** The built programs as processes, seen from outside: by a user, and by an attacker. */
@NullMarked
package dev.waxwing.system;

import org.jspecify.annotations.NullMarked;
