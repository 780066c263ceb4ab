package dev.waxwing.peer.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes.
 *
 * @param in standard input
 * @param out results
 * @param err everything else
 * @param tty which of the three are a terminal
 */
record Streams(InputStream in, PrintStream out, PrintStream err, Tty tty) {}
