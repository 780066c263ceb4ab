package dev.waxwing.peer.transfer;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.session.PeerStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** What transfers need of the peer they belong to. Every method may block. */
public interface Host {
  /** Runs {@code work} in one transaction of the profile's store. */
  <R> R store(Function<PeerStore.Tx, R> work);

  /** Tells somebody something, durably. */
  void tell(UserId to, Content content);

  /** The same under an ID; nothing happens when something was told under it before. */
  void tell(UserId to, MessageId id, Content content);

  /**
   * Waits until the relay has all that these people were told, or for so long.
   *
   * @return whether it has
   */
  boolean awaitTold(List<UserId> people, long millis);

  /**
   * Asks the relay and waits for its {@code Done}.
   *
   * @param request given a fresh ref
   * @throws dev.waxwing.wire.Fault what refused it, or the network's failure
   */
  void ask(IntFunction<PeerMessage> request, byte[] body);

  /** A data connection of this device. */
  RelayConnection openData();

  /** Every device of these people, looked up where unknown. */
  List<Address> devices(List<UserId> people);

  /**
   * Waits until the relay is reached, a minute at most.
   *
   * @return whether it was away
   */
  boolean awaitRelay();

  /** A transfer's row changed. */
  void changed(BlobId blob);

  /** Where leaves of transfers under way are kept. */
  Path transferFolder();

  /** Now, milliseconds since 1970. */
  long now();
}
