package dev.waxwing.peer.api;

/**
 * Something in a folder that is not sent with it.
 *
 * @param path where it is on this disk
 * @param why one clause for the person
 */
public record LeftOut(String path, String why) {}
