package dev.waxwing.peer.api;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file or folder on its way.
 *
 * @param id the transfer, also the blob's ID at the relay
 * @param direction which way
 * @param state how far
 * @param name the sender's name for it; hostile when received
 * @param kind what it is
 * @param progress bytes
 * @param people the sender, or each recipient with what is known of their copy
 * @param path where it comes from or goes to on this device; null when not yet known
 * @param started milliseconds since 1970
 * @param problem why it failed or is waiting
 * @param replaces the earlier transfer of the same whose place this one took, for some or all of
 *     its people
 */
public record Transfer(
    BlobId id,
    Direction direction,
    TransferState state,
    String name,
    Kind kind,
    Progress progress,
    List<Party> people,
    @Nullable String path,
    long started,
    @Nullable Problem problem,
    @Nullable BlobId replaces) {
  /** One that took no other's place. */
  public Transfer(
      BlobId id,
      Direction direction,
      TransferState state,
      String name,
      Kind kind,
      Progress progress,
      List<Party> people,
      @Nullable String path,
      long started,
      @Nullable Problem problem) {
    this(id, direction, state, name, kind, progress, people, path, started, problem, null);
  }

  /** Which way a transfer goes. */
  public enum Direction {
    SENDING,
    RECEIVING
  }

  /** What a transfer carries. */
  public enum Kind {
    FILE,
    FOLDER,
    STREAM
  }

  /**
   * Bytes of plaintext.
   *
   * @param size in all; -1 while unknown
   * @param done kept at the relay or by the receiver (sending), or on this disk (receiving)
   * @param resent bytes sent more than once, over all resumes
   */
  public record Progress(long size, long done, long resent) {}

  /**
   * A person at the other end.
   *
   * @param user who
   * @param state of their copy: WAITING, AT_RELAY, DONE or DECLINED
   */
  public record Party(UserId user, TransferState state) {}

  /**
   * Why a transfer stands still.
   *
   * @param code the fault
   * @param detail for people
   */
  public record Problem(FaultCode code, String detail) {}
}
