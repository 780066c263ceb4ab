package dev.waxwing.peer.ratchet;

import java.util.List;

/** The account-wide limit of skipped message keys, over all conversations. */
public final class SkippedBudget {
  private SkippedBudget() {}

  /**
   * The same conversations in the same order, without the oldest skipped keys above {@code limit},
   * usually {@link RatchetLimits#MAX_KEPT_ACCOUNT}. Those untouched are the same objects.
   */
  public static List<Conversation> trim(List<Conversation> conversations, int limit) {
    int total = conversations.stream().mapToInt(Conversation::skippedKeys).sum();
    if (total <= limit) {
      return conversations;
    }
    // Keys kept at the very time of the last one dropped go too: never more than the limit stays.
    long lastDropped =
        conversations.stream()
            .flatMap(conversation -> conversation.skipped().stream())
            .flatMap(skipped -> skipped.entries().stream())
            .mapToLong(SkippedKeys.Entry::keptAt)
            .sorted()
            .skip(total - limit - 1L)
            .findFirst()
            .orElseThrow();
    return conversations.stream()
        .map(conversation -> keptAfter(conversation, lastDropped))
        .toList();
  }

  private static Conversation keptAfter(Conversation conversation, long time) {
    List<SkippedKeys> before = conversation.skipped();
    List<SkippedKeys> after = before.stream().map(skipped -> skipped.keptAfter(time)).toList();
    int left = after.stream().mapToInt(SkippedKeys::size).sum();
    return left == conversation.skippedKeys() ? conversation : conversation.withSkipped(after);
  }
}
