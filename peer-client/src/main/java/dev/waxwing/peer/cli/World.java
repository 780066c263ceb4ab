package dev.waxwing.peer.cli;

import java.time.Clock;
import java.util.Map;

/**
 * What a run of the program is given from outside.
 *
 * @param streams input and output
 * @param env the environment's variables
 * @param clock the time and its zone
 * @param doors the way to profiles
 * @param stop how a signal reaches the command
 */
record World(Streams streams, Map<String, String> env, Clock clock, Doors doors, Stop stop) {}
