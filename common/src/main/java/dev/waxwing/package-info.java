/** What relay and peer share that belongs to no narrower package. */
@NullMarked
package dev.waxwing;

import org.jspecify.annotations.NullMarked;
