package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/** How a failure is told: what happened, why, what to do; for programs as a document. */
final class Failure {
  private Failure() {}

  /** Tells it on standard error. */
  static void tell(Fault fault, Voice voice) {
    if (voice.json()) {
      voice.complain(document(fault));
      return;
    }
    voice.say("%s %s", new Safe("waxwing:", Ink.RED), fault.what());
    voice.say("  why: %s", fault.code());
    voice.say("  do:  %s", fault.advice());
  }

  /** The document of it. */
  static Json document(Fault fault) {
    return Json.document()
        .put(
            "error",
            Json.object()
                .put("code", fault.code().name())
                .put("message", fault.what())
                .put("hint", fault.advice())
                .put("retryable", retryable(fault.code())));
  }

  /** Whether the same command may well succeed later, with nothing changed here. */
  static boolean retryable(FaultCode code) {
    return switch (code.kind()) {
      case NETWORK, OFFLINE -> true;
      case LIMIT ->
          switch (code) {
            case FRAME_TOO_LARGE, HEADER_TOO_LARGE, MESSAGE_TOO_LARGE -> false;
            default -> true;
          };
      case FAILED ->
          switch (code) {
            case DEVICES_STALE, HOLDER_SILENT, BLOB_CONFLICT -> true;
            default -> false;
          };
      case USAGE, LOGIN, NOT_FOUND, TRUST, PARTLY, DECLINED -> false;
    };
  }
}
