package dev.waxwing.relay.core;

/**
 * Where a connection stands.
 *
 * <pre>
 *  FRESH ─Hello→ CHALLENGED ─Register, Login→ AUTHENTICATING ─store→ READY   (control)
 *                     └──────Bind──────────────────────────────────→ BOUND   (data)
 *  any ─Bye→ CLOSING
 * </pre>
 */
enum SessionState {
  FRESH,
  CHALLENGED,
  AUTHENTICATING,
  READY,
  BOUND,
  CLOSING
}
