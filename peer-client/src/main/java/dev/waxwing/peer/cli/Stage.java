package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.Transfer.Direction;
import dev.waxwing.peer.api.TransferState;
import java.util.List;

/** The words for how far a transfer is; the same everywhere. */
final class Stage {
  private Stage() {}

  /** The word for a transfer's state. */
  static String of(Transfer transfer) {
    boolean sending = transfer.direction() == Direction.SENDING;
    return switch (transfer.state()) {
      case OFFERED -> "offered";
      case WAITING -> "waiting";
      case ACTIVE -> sending ? "sending" : "receiving";
      case PAUSED -> "paused";
      case AT_RELAY -> "at the relay";
      case DONE -> sending ? "received" : "saved";
      case DECLINED -> "declined";
      case CANCELLED -> "cancelled";
      case FAILED -> "failed";
    };
  }

  /** Who is at the other end: one by name, several by number, with an arrow for the direction. */
  static String people(Transfer transfer) {
    List<Transfer.Party> people = transfer.people();
    String arrow = transfer.direction() == Direction.SENDING ? "→ " : "← ";
    return arrow
        + (people.size() == 1
            ? people.get(0).user().toString()
            : Human.count(people.size(), "person", "people"));
  }

  /** Whether a sent transfer is wholly at the relay, or further. */
  static boolean accepted(Transfer transfer) {
    return transfer.state() == TransferState.AT_RELAY || transfer.state().ended();
  }
}
