package dev.waxwing.peer.session;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.content.ContentCodec;
import dev.waxwing.peer.content.Letter;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.wire.Bytes;
import java.util.List;

/** What only a hostile sender's outbox holds. */
final class Plant {
  private Plant() {}

  static MessageId id(int number) {
    byte[] value = new byte[MessageId.LENGTH];
    value[0] = (byte) number;
    return new MessageId(Bytes.of(value));
  }

  static OutboxRow queued(MessageId outer, UserId to, MessageId inner, String text) {
    return queued(outer, to, new Letter(inner, World.START, new Content.Text(text)));
  }

  static OutboxRow queued(MessageId outer, UserId to, Letter letter) {
    return new OutboxRow(
        outer, to, OutboxRow.State.QUEUED, World.START, ContentCodec.encode(letter), List.of(), 0);
  }
}
