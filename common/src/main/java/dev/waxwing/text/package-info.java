/** Text from strangers made fit for people to see. */
@NullMarked
package dev.waxwing.text;

import org.jspecify.annotations.NullMarked;
