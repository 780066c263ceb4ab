/**
 * What the wire looks like: frames, limits, and the code every failure carries. Imports the JDK
 * only.
 */
@NullMarked
package dev.waxwing.wire;

import org.jspecify.annotations.NullMarked;
