package dev.waxwing.peer.content;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one peer tells another (PROTOCOL.md, "Content"). */
public sealed interface Content
    permits Content.Text,
        Content.Offer,
        Content.Final,
        Content.Withdraw,
        Content.Receipt,
        Content.FileOutcome,
        Content.Resend,
        Content.Restart {
  /** Calls the case of this content. */
  <R> R on(Cases<R> cases);

  /** One method per kind. */
  interface Cases<R> {
    R text(Text content);

    R offer(Offer content);

    R finish(Final content);

    R withdraw(Withdraw content);

    R receipt(Receipt content);

    R fileOutcome(FileOutcome content);

    R resend(Resend content);

    R restart(Restart content);
  }

  /** Something said. */
  record Text(String text) implements Content {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.text(this);
    }
  }

  /** How an offered blob is to be unpacked. */
  enum Shape {
    /** One file. */
    FILE,
    /** A pax tar of several. */
    FOLDER
  }

  /**
   * A file to be had: everything needed to read it but the root, which follows when it is known.
   *
   * @param blob where it is at the relay
   * @param identity the age identity it is sealed to, 32 bytes, made for it alone
   * @param name the sender's name for it
   * @param shape how to unpack it
   * @param size bytes of plaintext; -1 when not known beforehand
   * @param modified milliseconds since 1970
   * @param caption a line beside it
   * @param replaces an earlier offer of the same that this one stands for, if any
   */
  record Offer(
      BlobId blob,
      Bytes identity,
      String name,
      Shape shape,
      long size,
      long modified,
      String caption,
      @Nullable BlobId replaces)
      implements Content {
    /** Checks lengths. */
    public Offer {
      if (identity.length() != 32 || name.length() > 4096 || size < -1 || caption.length() > 4096) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "an offer with impossible fields");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.offer(this);
    }

    /** Prints no key. */
    @Override
    public String toString() {
      return "Offer[" + blob + "]";
    }
  }

  /**
   * What the whole blob must be: age authenticates no sender, this does.
   *
   * @param size bytes of ciphertext
   * @param root RFC 6962 root over the parts, 32 bytes
   */
  record Final(BlobId blob, long size, Bytes root) implements Content {
    /** Checks lengths. */
    public Final {
      if (size < 0 || root.length() != 32) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a descriptor with impossible fields");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.finish(this);
    }
  }

  /**
   * The sender takes an offer back.
   *
   * @param code why, when it was not a person's wish
   */
  record Withdraw(BlobId blob, @Nullable FaultCode code) implements Content {
    /** Because a person wished it. */
    public Withdraw(BlobId blob) {
      this(blob, null);
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.withdraw(this);
    }
  }

  /** These messages are stored here. */
  record Receipt(List<MessageId> stored) implements Content {
    /** Most in one receipt. */
    public static final int MAX = 500;

    /** Checks the count. */
    public Receipt {
      stored = List.copyOf(stored);
      if (stored.size() > MAX) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a receipt for too many messages");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.receipt(this);
    }
  }

  /** What became of an offered file at the receiver. */
  record FileOutcome(BlobId blob, Outcome outcome) implements Content {
    /** The ways it can end. */
    public enum Outcome {
      RECEIVED,
      DECLINED
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.fileOutcome(this);
    }
  }

  /** These messages could not be read: seal them again. */
  record Resend(List<MessageId> ids) implements Content {
    /** Most in one request. */
    public static final int MAX = 100;

    /** Checks the count. */
    public Resend {
      ids = List.copyOf(ids);
      if (ids.isEmpty() || ids.size() > MAX) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a resend of an impossible number");
      }
    }

    @Override
    public <R> R on(Cases<R> cases) {
      return cases.resend(this);
    }
  }

  /** The receiver needs parts that are gone: offer the file again as a new blob. */
  record Restart(BlobId blob) implements Content {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.restart(this);
    }
  }
}
