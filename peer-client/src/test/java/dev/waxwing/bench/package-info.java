/** Programs that measure; run by {@code src/bench/figures.sh}, not by the build. */
@NullMarked
package dev.waxwing.bench;

import org.jspecify.annotations.NullMarked;
