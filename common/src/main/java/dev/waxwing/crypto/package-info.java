/**
 * The primitives of suite WX1 behind one facade, {@link Suite}: chosen once, self-tested by known
 * answers. Lazysodium, the JDK's providers and Bouncy Castle appear in the providers only.
 */
@NullMarked
package dev.waxwing.crypto;

import org.jspecify.annotations.NullMarked;
