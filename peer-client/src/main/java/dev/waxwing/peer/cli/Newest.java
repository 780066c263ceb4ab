package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was sent, where copies of it took the place of others: one transfer for people to see. */
final class Newest {
  private Newest() {}

  /** The transfers that took the place of {@code id}, oldest first. */
  static List<BlobId> insteadOf(BlobId id, List<Transfer> all) {
    return all.stream()
        .filter(one -> one.direction() == Transfer.Direction.SENDING && id.equals(one.replaces()))
        .map(Transfer::id)
        .toList();
  }

  /**
   * The whole of a transfer and of what took its place, each person with their newest copy.
   *
   * @param line the first, then each after what it replaces
   */
  static Transfer of(List<Transfer> line) {
    Map<UserId, Transfer> newest = new LinkedHashMap<>();
    line.forEach(one -> one.people().forEach(party -> newest.put(party.user(), one)));
    List<Transfer> left = line.stream().filter(newest::containsValue).toList();
    if (left.size() == 1) {
      return left.get(0);
    }
    List<Transfer.Party> people = new ArrayList<>();
    newest.forEach(
        (user, one) ->
            one.people().stream().filter(party -> party.user().equals(user)).forEach(people::add));
    Transfer shown = slowest(left);
    return new Transfer(
        shown.id(),
        shown.direction(),
        state(shown, people),
        shown.name(),
        shown.kind(),
        shown.progress(),
        people,
        shown.path(),
        shown.started(),
        shown.problem(),
        shown.replaces());
  }

  /** The one that has not ended and is least far, or one that failed, or the first. */
  private static Transfer slowest(List<Transfer> left) {
    for (TransferState state : SLOWEST_FIRST) {
      for (Transfer one : left) {
        if (one.state() == state) {
          return one;
        }
      }
    }
    return left.get(0);
  }

  private static final List<TransferState> SLOWEST_FIRST =
      List.of(
          TransferState.PAUSED,
          TransferState.WAITING,
          TransferState.ACTIVE,
          TransferState.AT_RELAY,
          TransferState.FAILED);

  /** As for one transfer: done if anybody has it, declined if all did that. */
  private static TransferState state(Transfer slowest, List<Transfer.Party> people) {
    if (!slowest.state().ended()) {
      return slowest.state();
    }
    if (people.stream().anyMatch(party -> party.state() == TransferState.DONE)) {
      return TransferState.DONE;
    }
    boolean declined = people.stream().allMatch(party -> party.state() == TransferState.DECLINED);
    return declined ? TransferState.DECLINED : slowest.state();
  }
}
