package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/** Ended transfers as failures. */
final class Problems {
  private Problems() {}

  /** The failure a transfer ended with. */
  static Fault of(Transfer transfer) {
    String name = TerminalText.escape(transfer.name());
    Transfer.Problem problem = transfer.problem();
    if (problem != null) {
      return new Fault(problem.code(), name + ": " + TerminalText.escape(problem.detail()));
    }
    FaultCode code =
        switch (transfer.state()) {
          case DECLINED -> FaultCode.DECLINED;
          case CANCELLED -> FaultCode.CANCELLED;
          case OFFERED, WAITING, ACTIVE, PAUSED, AT_RELAY, DONE, FAILED -> FaultCode.INTERNAL;
        };
    return new Fault(code, name + ": " + Stage.of(transfer));
  }

  /** Whether a transfer ended without its purpose. */
  static boolean failed(Transfer transfer) {
    return transfer.state().ended() && transfer.state() != TransferState.DONE;
  }
}
