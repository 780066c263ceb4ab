package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Frame;
import java.util.List;
import java.util.Map;

/**
 * What the shell is to do, in the order of the list. An effect on a connection that is gone is
 * dropped silently. Effects on one blob are carried out in order.
 */
public sealed interface HubEffect {

  /** Calls the case of this effect. */
  <R> R on(Cases<R> cases);

  /** One method per effect. */
  interface Cases<R> {
    R write(Write effect);

    R forward(Forward effect);

    R close(Close effect);

    R pauseReading(PauseReading effect);

    R resumeReading(ResumeReading effect);

    R ask(Ask effect);

    R checkPassword(CheckPassword effect);

    R writePart(WritePart effect);

    R readPart(ReadPart effect);

    R freeBelow(FreeBelow effect);

    R deleteBlob(DeleteBlob effect);

    R log(Log effect);

    R count(Count effect);

    R drained(Drained effect);
  }

  /** Queues a frame. */
  record Write(ConnectionId connection, RelayMessage message, Body body) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.write(this);
    }
  }

  /** Queues a frame that came from another peer or from disk, as it is. */
  record Forward(ConnectionId connection, Frame frame) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.forward(this);
    }
  }

  /** Queues a farewell and closes once it is written, or after the shell's deadline. */
  record Close(ConnectionId connection, RelayMessage.Bye bye) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.close(this);
    }
  }

  /** Reads no more from the connection; frames on their way may still come as events. */
  record PauseReading(ConnectionId connection) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.pauseReading(this);
    }
  }

  /** Reads again. */
  record ResumeReading(ConnectionId connection) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.resumeReading(this);
    }
  }

  /** Hands work to the store; answered by {@code Answered}. */
  record Ask(Ticket ticket, StoreCall call) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.ask(this);
    }
  }

  /** Checks the hub password on a worker, since that is slow; answered by PasswordChecked. */
  record CheckPassword(Ticket ticket, String password) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.checkPassword(this);
    }

    /** Prints no password. */
    @Override
    public String toString() {
      return "CheckPassword[" + ticket + "]";
    }
  }

  /**
   * Writes a part and forces it, alone or in a group; answered by PartForced or PartNotWritten, or
   * not at all behind a part that was not written.
   *
   * @param slices frames whose bodies, in order, are the part
   */
  record WritePart(BlobId blob, long part, List<Frame> slices) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.writePart(this);
    }
  }

  /** Reads a part for a connection; answered by PartRead or PartNotRead. */
  record ReadPart(ConnectionId connection, BlobId blob, long part) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.readPart(this);
    }
  }

  /** Lets go of the parts below {@code part}; at or beyond the end the blob's disk is empty. */
  record FreeBelow(BlobId blob, long part) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.freeBelow(this);
    }
  }

  /** Deletes a blob's parts, if there are any. */
  record DeleteBlob(BlobId blob) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.deleteBlob(this);
    }
  }

  /**
   * A line for the log.
   *
   * @param event a fixed name, such as {@code login-refused}
   * @param fields identifiers and numbers, never secrets
   */
  record Log(Category category, Level level, String event, Map<String, String> fields)
      implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.log(this);
    }
  }

  /** Adds to a counter. */
  record Count(Metric metric, long amount) implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.count(this);
    }
  }

  /** Every connection has been told to close after {@code Drain}. */
  record Drained() implements HubEffect {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.drained(this);
    }
  }

  /** What a log line is about. */
  enum Category {
    CONNECTION,
    LOGIN,
    MAIL,
    BLOB,
    STORE,
    OPERATOR
  }

  /** How much a log line matters. */
  enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** What is counted, for the metrics page. */
  enum Metric {
    CONNECTIONS_OPENED,
    CONNECTIONS_REFUSED,
    LOGINS,
    LOGINS_REFUSED,
    REGISTRATIONS,
    MESSAGES_ACCEPTED,
    MESSAGES_REFUSED,
    MESSAGES_DELIVERED,
    MESSAGES_ACKED,
    BLOB_BYTES_IN,
    BLOB_BYTES_OUT,
    BLOB_PARTS_SPILLED,
    BLOBS_CREATED,
    BLOBS_FINISHED,
    RATE_LIMITED
  }
}
