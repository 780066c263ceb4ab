package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.Marks;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.transfer.Receiving;
import dev.waxwing.peer.transfer.Sending;
import dev.waxwing.peer.transfer.Stage;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is stored, as callers of the library see it. */
final class Views {
  private Views() {}

  static Message message(MessageRow row) {
    return new Message(
        row.id(),
        row.with(),
        MessageState.valueOf(row.state().name()),
        Message.Kind.valueOf(row.kind().name()),
        row.sentAt(),
        row.storedAt(),
        row.text(),
        row.blob(),
        row.clockOdd());
  }

  static Contact contact(ContactRow row) {
    Marks marks = row.marks();
    Contact.Marking marking =
        marks.blocked()
            ? Contact.Marking.BLOCKED
            : marks.contact() ? Contact.Marking.CONTACT : Contact.Marking.SEEN;
    return new Contact(
        row.user(),
        row.alias(),
        row.displayName(),
        row.trust(),
        marking,
        marks.verifiedAt(),
        row.since());
  }

  static Transfer transfer(TransferBook.Entry entry) {
    Sending sending = entry.sending();
    Receiving receiving = entry.receiving();
    if (sending != null) {
      return sending(sending);
    }
    if (receiving != null) {
      return receiving(receiving);
    }
    throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored transfer is neither sent nor received");
  }

  private static Transfer sending(Sending row) {
    return new Transfer(
        row.blob(),
        Transfer.Direction.SENDING,
        state(row.stage()),
        row.name(),
        kind(row.source().kind()),
        new Transfer.Progress(row.counts().size(), row.counts().kept(), row.counts().resent()),
        row.people().stream().map(one -> party(one.user(), one.stage())).toList(),
        row.source().path().isEmpty() ? null : row.source().path(),
        row.started(),
        problem(row.problem()),
        row.replaces());
  }

  private static Transfer.Kind kind(Sending.Kind kind) {
    return switch (kind) {
      case FILE, TEXT -> Transfer.Kind.FILE;
      case FOLDER -> Transfer.Kind.FOLDER;
      case STREAM -> Transfer.Kind.STREAM;
    };
  }

  private static Transfer receiving(Receiving row) {
    Receiving.Target target = row.target();
    return new Transfer(
        row.blob(),
        Transfer.Direction.RECEIVING,
        state(row.stage()),
        row.offer().name(),
        row.offer().shape() == Content.Shape.FOLDER ? Transfer.Kind.FOLDER : Transfer.Kind.FILE,
        new Transfer.Progress(row.offer().size(), row.done(), 0),
        List.of(party(row.from().user(), row.stage())),
        target == null ? null : target.part(),
        row.started(),
        problem(row.problem()),
        row.offer().replaces());
  }

  private static Transfer.Party party(UserId user, Stage stage) {
    return new Transfer.Party(user, state(stage));
  }

  private static TransferState state(Stage stage) {
    return TransferState.valueOf(stage.name());
  }

  private static Transfer.@Nullable Problem problem(Sending.@Nullable Problem problem) {
    return problem == null ? null : new Transfer.Problem(problem.code(), problem.detail());
  }
}
