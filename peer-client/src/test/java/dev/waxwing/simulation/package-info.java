/**
 * The real hub, the real sessions of peers and the real flow of blobs in one thread, over a
 * network, disks and clocks that a seed decides about. Checkers hold what happened against the
 * promises.
 */
package dev.waxwing.simulation;
