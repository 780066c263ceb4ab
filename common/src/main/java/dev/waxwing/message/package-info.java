/**
 * What peers and the relay say to each other: identifiers and one sealed interface of messages per
 * direction. Jackson appears in {@link HeaderCodec} only.
 */
@NullMarked
package dev.waxwing.message;

import org.jspecify.annotations.NullMarked;
