package dev.waxwing.system;

import dev.waxwing.message.BlobId;
import dev.waxwing.network.FaultProxy;
import dev.waxwing.network.Plan;
import dev.waxwing.network.ProxyProcess;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Two people, one writing and sending to the other; used by one thread. */
final class NetworkPair implements AutoCloseable {
  /** Longer than it takes to notice that a connection is dead, and to come back. */
  private static final long PATIENCE_MILLIS = 240_000;

  final NetworkSide sender;
  final NetworkSide receiver;
  private final Path saved;
  private final List<String> said = new ArrayList<>();
  private int files;

  NetworkPair(RelayProgram relay, ProxyProcess proxy, Path home, int number) throws Exception {
    this.sender = new NetworkSide(relay, proxy, home.resolve("s" + number), "sender-" + number);
    this.receiver = new NetworkSide(relay, proxy, home.resolve("r" + number), "taker-" + number);
    this.saved = home.resolve("saved" + number);
    // Both know one another from here on.
    say();
    receiver.heard(1, PATIENCE_MILLIS);
    receiver.peer.sendText(sender.name, "welcome");
    sender.heard(1, PATIENCE_MILLIS);
  }

  private Message say() {
    String text = sender.name + " says " + said.size();
    said.add(text);
    return sender.peer.sendText(receiver.name, text);
  }

  /**
   * One side's connection ends, and its next one meets a plan. Two messages are written meanwhile:
   * each must be accepted, and heard once and in order.
   */
  void messages(NetworkSide side, Plan plan, NetworkTally tally) throws InterruptedException {
    tally.run();
    int before = side.door.count().troubles();
    int from = said.size();
    side.door.next(plan);
    side.door.sever();
    List<Message> sent = List.of(say(), say());
    for (Message message : sent) {
      try {
        sender.peer.awaitMessage(message.id(), MessageState.ACCEPTED, PATIENCE_MILLIS);
      } catch (Fault fault) {
        tally.note(plan + ": not accepted, " + fault.code());
      }
    }
    List<String> heard = receiver.heard(said.size(), PATIENCE_MILLIS);
    tally.delivery(Delivery.of(tail(said, from), tail(heard, from)), side.name + " " + plan);
    tally.troubled(side.door.count().troubles() > before);
    side.awaitOnline();
  }

  private static List<String> tail(List<String> texts, int from) {
    return texts.subList(Math.min(from, texts.size()), texts.size());
  }

  /** Compares everything said with the receiver's history, as it is on its disk. */
  void settle(NetworkTally tally) {
    List<String> kept =
        receiver.peer.history(new HistoryQuery(sender.name, 0, null, 1_000_000)).stream()
            .filter(line -> !line.outgoing() && line.kind() == Message.Kind.TEXT)
            .map(Message::text)
            .toList();
    tally.delivery(Delivery.of(said, kept), "history of " + receiver.name);
  }

  /**
   * A file travels while the next connection of one side, its data connection, meets a plan.
   *
   * @return bytes that passed the side's door beyond those of the sealed file
   */
  long file(NetworkSide side, Plan plan, Path file, NetworkTally tally)
      throws IOException, InterruptedException {
    tally.run();
    String name = "file-" + files++ + ".bin";
    Path target = saved.resolve(name);
    side.awaitOnline();
    FaultProxy.Count before = side.door.count();
    if (side == sender) {
      side.door.next(plan);
    }
    BlobId id =
        sender
            .peer
            .send(new SendRequest(List.of(receiver.name), List.of(file.toString()), name, ""))
            .id();
    if (!until(() -> receiver.peer.offers().stream().anyMatch(offer -> offer.id().equals(id)))) {
      tally.half(plan + ": no offer came");
      return 0;
    }
    if (side == receiver) {
      side.door.next(plan);
    }
    receiver.peer.receive(
        new ReceiveRequest(id, saved.toString(), null, ReceiveRequest.Conflict.RENAME));
    watch(id, target, file, plan, tally);
    FaultProxy.Count after = side.door.count();
    tally.troubled(after.troubles() > before.troubles());
    long passed = side == sender ? after.up() - before.up() : after.down() - before.down();
    long waste = passed - Sample.sealed(Files.size(file));
    tally.waste(waste);
    Files.deleteIfExists(target);
    return waste;
  }

  /** Until both are done nothing but the whole file may have the name. */
  private void watch(BlobId id, Path target, Path file, Plan plan, NetworkTally tally)
      throws IOException {
    boolean done =
        until(
            () -> {
              if (isHalf(target, file)) {
                tally.half(plan + ": half a file has the name");
              }
              return receiver.peer.transfer(id).state().ended()
                  && sender.peer.transfer(id).state().ended();
            });
    Transfer sent = sender.peer.transfer(id);
    Transfer taken = receiver.peer.transfer(id);
    if (!done
        || sent.state() != TransferState.DONE
        || taken.state() != TransferState.DONE
        || !Files.exists(target)
        || Files.mismatch(file, target) >= 0) {
      tally.half(
          plan
              + ": sent "
              + sent.state()
              + " "
              + sent.problem()
              + ", taken "
              + taken.state()
              + " "
              + taken.problem());
    }
  }

  /** Whether something stands under a file's name that is shorter or longer than it. */
  static boolean isHalf(Path target, Path file) {
    try {
      return Files.exists(target) && Files.size(target) != Files.size(file);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean until(java.util.function.BooleanSupplier wanted) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!wanted.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    return true;
  }

  /**
   * How many bytes the newest connection of a side passes each way for a login and two messages,
   * until nothing more comes.
   */
  FaultProxy.Count sessionLength(NetworkSide side) throws InterruptedException {
    messages(side, Plan.CLEAR, new NetworkTally("measuring"));
    FaultProxy.Count[] last = {side.door.count()};
    int[] quiet = {0};
    until(
        () -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(40));
          FaultProxy.Count now = side.door.count();
          quiet[0] = now.equals(last[0]) ? quiet[0] + 1 : 0;
          last[0] = now;
          return quiet[0] > 10;
        });
    return last[0];
  }

  @Override
  public void close() {
    sender.close();
    receiver.close();
  }
}
