package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.jspecify.annotations.Nullable;

/** How long one blob is: wanted by its uploader, asked of the store once all is kept, sealed. */
final class BlobSealing {
  private final BlobId blob;
  private final Turn turn;
  private BlobRecord.@Nullable Seal seal;
  private State state;

  private enum State {
    OPEN,
    WANTED,
    ASKED,
    SEALED
  }

  /** What becomes of a seal. */
  interface Outcome {
    /** It is in the store. */
    void sealed();

    /** It is not; another may be wanted. */
    void refused(Fault fault);
  }

  BlobSealing(BlobRecord blob, Turn turn) {
    this.blob = blob.id();
    this.turn = turn;
    this.seal = blob.seal();
    this.state = seal == null ? State.OPEN : State.SEALED;
  }

  /** The seal, from when the uploader wants it; null while there is none. */
  BlobRecord.@Nullable Seal seal() {
    return seal;
  }

  /** Whether slices may still come. */
  boolean open() {
    return state == State.OPEN;
  }

  boolean sealed() {
    return state == State.SEALED;
  }

  /** Whether the store knows the seal, or may: then it cannot be another one. */
  boolean fixed() {
    return state == State.SEALED || state == State.ASKED;
  }

  boolean is(BlobRecord.Seal other) {
    return other.equals(seal);
  }

  void want(BlobRecord.Seal wanted) {
    seal = wanted;
    state = State.WANTED;
  }

  /** A part is missing again: the uploader seals anew, unless the store was asked already. */
  void takeBack() {
    if (state == State.WANTED) {
      reopen();
    }
  }

  private void reopen() {
    seal = null;
    state = State.OPEN;
  }

  /** Asks the store for the seal that is wanted, if every part below {@code kept} covers it. */
  void askWhenKept(long kept, Outcome outcome) {
    BlobRecord.Seal wanted = seal;
    if (state != State.WANTED || wanted == null || kept < wanted.parts()) {
      return;
    }
    state = State.ASKED;
    turn.ask(
        new StoreCall.SealBlob(blob, wanted, turn.ran()),
        StoreReply.Sealed.class,
        reply -> {
          switch (reply.outcome()) {
            case SEALED, REPEATED -> {
              state = State.SEALED;
              outcome.sealed();
            }
            case CONFLICT, UNKNOWN -> {
              reopen();
              outcome.refused(new Fault(FaultCode.BLOB_CONFLICT, "not sealed"));
            }
          }
        },
        fault -> {
          reopen();
          outcome.refused(fault);
        });
  }
}
