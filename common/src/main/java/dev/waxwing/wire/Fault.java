package dev.waxwing.wire;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a code: what happened (the message), why it is one (the code), what to do (the
 * advice). Carries no stack trace across the wire and is never shown with one.
 */
public final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FaultCode code;
  private final String advice;

  /** A failure with the code's own advice. */
  public Fault(FaultCode code, String what) {
    this(code, what, code.advice(), null);
  }

  /** A failure caused by another, kept for the debug log only. */
  public Fault(FaultCode code, String what, @Nullable Throwable cause) {
    this(code, what, code.advice(), cause);
  }

  /** A failure with advice made for this case. */
  public Fault(FaultCode code, String what, String advice) {
    this(code, what, advice, null);
  }

  private Fault(FaultCode code, String what, String advice, @Nullable Throwable cause) {
    super(what, cause);
    this.code = code;
    this.advice = advice;
  }

  /** What programs read. */
  public FaultCode code() {
    return code;
  }

  /** What happened, for people: one clause, no secrets, untrusted text already escaped. */
  public String what() {
    String message = getMessage();
    return message == null ? code.name() : message;
  }

  /** What to do next, for people. */
  public String advice() {
    return advice;
  }
}
