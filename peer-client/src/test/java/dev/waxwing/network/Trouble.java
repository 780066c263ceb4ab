package dev.waxwing.network;

/** What befalls a connection when so many bytes have passed one way. */
public enum Trouble {
  /** Both ends see it closed (FIN); nothing more passes. */
  CUT,
  /** Both ends see it reset (RST), and lose what they had not read. */
  RESET,
  /** Closed, and reset at once. */
  CUT_AND_RESET,
  /** Half-open: every byte is still taken and none is passed on, either way, ever. */
  SWALLOW,
  /** Nothing more is read this way, so that the sender's window closes; the other way goes on. */
  DEAF,
  /** One bit of the next byte is turned over. */
  FLIP,
  /** The next bytes pass twice. */
  DOUBLE
}
