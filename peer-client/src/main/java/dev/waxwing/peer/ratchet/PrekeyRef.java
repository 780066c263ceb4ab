package dev.waxwing.peer.ratchet;

import dev.waxwing.identity.Prekeys;

/**
 * Names one of a device's prekeys.
 *
 * @param kind its kind
 * @param id its id among the keys of that kind
 */
public record PrekeyRef(Prekeys.Kind kind, long id) {}
