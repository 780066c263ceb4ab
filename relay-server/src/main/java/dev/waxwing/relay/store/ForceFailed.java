package dev.waxwing.relay.store;

import java.io.IOException;

/** The disk failed to force, which is final: what is on it is not known any more. */
final class ForceFailed extends IOException {
  private static final long serialVersionUID = 1L;

  ForceFailed(IOException cause) {
    super("the disk failed to force: " + cause.getMessage(), cause);
  }
}
