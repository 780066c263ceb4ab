/**
 * What both sides sign, show and check: user records, prekeys, the login transcript and invites.
 * Pure; every byte layout is PROTOCOL.md's.
 */
@NullMarked
package dev.waxwing.identity;

import org.jspecify.annotations.NullMarked;
