package dev.waxwing.relay.core;

/**
 * Ties an answer of the shell to the question the hub asked.
 *
 * @param number counted by the hub
 */
public record Ticket(long number) {}
