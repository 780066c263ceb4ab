/**
 * Sessions between two devices: PQXDH, the Double Ratchet, prekeys and safety numbers of suite WX1
 * (PROTOCOL.md, "Session: PQXDH" and "Double Ratchet"). Pure: time and randomness are arguments,
 * what must be stored is part of every result.
 */
@NullMarked
package dev.waxwing.peer.ratchet;

import org.jspecify.annotations.NullMarked;
