/**
 * What a crash or a power cut of any of the built programs costs: supervisors that end real
 * processes at named points and at random, and compare what was accepted with what came.
 */
@NullMarked
package dev.waxwing.crash;

import org.jspecify.annotations.NullMarked;
