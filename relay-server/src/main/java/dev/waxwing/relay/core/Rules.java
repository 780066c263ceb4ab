package dev.waxwing.relay.core;

import dev.waxwing.crypto.Signing;

/** What the hub was given: the operator's policy, which may change, and what proves the relay. */
final class Rules {
  final Signing signing;
  final Signing.Pair identity;
  final Randomness randomness;

  private Policy policy;
  private boolean draining;

  Rules(Policy policy, Signing signing, Signing.Pair identity, Randomness randomness) {
    this.policy = policy;
    this.signing = signing;
    this.identity = identity;
    this.randomness = randomness;
  }

  Policy policy() {
    return policy;
  }

  Policy.Limits limits() {
    return policy.limits();
  }

  void policy(Policy next) {
    policy = next;
  }

  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }
}
