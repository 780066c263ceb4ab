package dev.waxwing.peer.session;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The line a content makes in the history; most contents make none.
 *
 * @param kind what the line is
 * @param text the text, or the file's name
 * @param blob the transfer, for files
 */
record Visible(MessageRow.Kind kind, String text, @Nullable BlobId blob) {
  /** The line of {@code content}, if it makes one. */
  static Optional<Visible> of(Content content) {
    return content.on(CASES);
  }

  /** The same said under a key nobody accepted: a notice, and nothing to be had. */
  Visible underAnotherKey() {
    String what = kind == MessageRow.Kind.FILE ? "a file offered" : "said";
    return new Visible(
        MessageRow.Kind.NOTICE, what + " under a key you have not accepted: " + text, null);
  }

  private static final Content.Cases<Optional<Visible>> CASES =
      new Content.Cases<>() {
        @Override
        public Optional<Visible> text(Content.Text content) {
          return Optional.of(new Visible(MessageRow.Kind.TEXT, content.text(), null));
        }

        @Override
        public Optional<Visible> offer(Content.Offer content) {
          return Optional.of(new Visible(MessageRow.Kind.FILE, content.name(), content.blob()));
        }

        @Override
        public Optional<Visible> finish(Content.Final content) {
          return Optional.empty();
        }

        @Override
        public Optional<Visible> withdraw(Content.Withdraw content) {
          return Optional.empty();
        }

        @Override
        public Optional<Visible> receipt(Content.Receipt content) {
          return Optional.empty();
        }

        @Override
        public Optional<Visible> fileOutcome(Content.FileOutcome content) {
          return Optional.empty();
        }

        @Override
        public Optional<Visible> resend(Content.Resend content) {
          return Optional.empty();
        }

        @Override
        public Optional<Visible> restart(Content.Restart content) {
          return Optional.empty();
        }
      };
}
