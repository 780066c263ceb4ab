package dev.waxwing.relay.core;

/**
 * One connection, numbered by the shell and never used again.
 *
 * @param number any
 */
public record ConnectionId(long number) {
  @Override
  public String toString() {
    return "c" + number;
  }
}
