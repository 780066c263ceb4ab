/** A bad network as a process: a TCP proxy that does to connections what it is told to. */
package dev.waxwing.network;
