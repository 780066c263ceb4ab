package dev.waxwing.peer.session;

import dev.waxwing.peer.content.Content;
import java.util.function.Function;

/**
 * Sorts contents by whom they concern: the outbox (receipts, resends), or the history and
 * transfers: answers to what was sent from here, and everything else.
 *
 * @param onReceipt for receipts
 * @param onResend for requests to resend
 * @param onAnswer for what became of a file sent from here
 * @param onOther for everything else
 */
record ByConcern<R>(
    Function<Content.Receipt, R> onReceipt,
    Function<Content.Resend, R> onResend,
    Function<Content, R> onAnswer,
    Function<Content, R> onOther)
    implements Content.Cases<R> {
  @Override
  public R text(Content.Text content) {
    return onOther.apply(content);
  }

  @Override
  public R offer(Content.Offer content) {
    return onOther.apply(content);
  }

  @Override
  public R finish(Content.Final content) {
    return onOther.apply(content);
  }

  @Override
  public R withdraw(Content.Withdraw content) {
    return onOther.apply(content);
  }

  @Override
  public R receipt(Content.Receipt content) {
    return onReceipt.apply(content);
  }

  @Override
  public R fileOutcome(Content.FileOutcome content) {
    return onAnswer.apply(content);
  }

  @Override
  public R resend(Content.Resend content) {
    return onResend.apply(content);
  }

  @Override
  public R restart(Content.Restart content) {
    return onAnswer.apply(content);
  }
}
