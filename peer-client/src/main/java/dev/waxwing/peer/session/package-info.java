/**
 * What a peer does with the world's events: login, mail, trust, the outbox. Deterministic: time and
 * randomness are arguments, the store is a port, everything else leaves as effects.
 */
@NullMarked
package dev.waxwing.peer.session;

import org.jspecify.annotations.NullMarked;
