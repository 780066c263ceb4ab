package dev.waxwing.peer.api;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.transfer.Host;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What transfers and callers need of a running peer: requests with answers, and the store. */
final class PeerHost implements Host, AutoCloseable {
  private static final long ANSWER_MILLIS = 30_000;
  private static final long ONLINE_MILLIS = 10_000;

  private final PeerClient client;
  private final PeerLoop loop;
  private final RelayLink link;
  private final Waits waits;
  private final Path folder;
  private final Map<Integer, CompletableFuture<RelayMessage>> requests = new ConcurrentHashMap<>();
  private final Map<UserId, CompletableFuture<Boolean>> looks = new ConcurrentHashMap<>();
  private final ExecutorService news =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "transfer news");
            thread.setDaemon(true);
            return thread;
          });

  PeerHost(PeerClient client, PeerLoop loop, RelayLink link, Waits waits, Path folder) {
    this.client = client;
    this.loop = loop;
    this.link = link;
    this.waits = waits;
    this.folder = folder;
  }

  @Override
  public <R> R store(Function<PeerStore.Tx, R> work) {
    return loop.store(work);
  }

  @Override
  public void tell(UserId to, Content content) {
    tell(to, client.messages().freshId(), content);
  }

  @Override
  public void tell(UserId to, MessageId id, Content content) {
    loop.input(new PeerInput.Submit(id, to, content));
  }

  @Override
  public boolean awaitTold(List<UserId> people, long millis) {
    return waits.until(
        millis, () -> loop.store(tx -> people.stream().allMatch(to -> told(tx, to))));
  }

  private static boolean told(PeerStore.Tx tx, UserId to) {
    return tx.outbox(PeerStore.OutboxRow.State.QUEUED, to, 1).isEmpty()
        && tx.outbox(PeerStore.OutboxRow.State.SEALED, to, 1).isEmpty();
  }

  @Override
  public void ask(IntFunction<PeerMessage> request, byte[] body) {
    require(request, body);
  }

  private RelayMessage.DataToken dataToken() {
    RelayMessage answer = require(PeerMessage.OpenData::new, new byte[0]);
    if (answer instanceof RelayMessage.DataToken token) {
      return token;
    }
    throw new Fault(FaultCode.NOT_A_RELAY, "the relay answered something else than was asked");
  }

  private RelayMessage require(IntFunction<PeerMessage> request, byte[] body) {
    client.awaitOnline(ONLINE_MILLIS);
    int ref = loop.nextRef();
    CompletableFuture<RelayMessage> answer = new CompletableFuture<>();
    requests.put(ref, answer);
    try {
      link.transmit(request.apply(ref), body);
      RelayMessage message = get(answer);
      if (message instanceof RelayMessage.Refused refusal) {
        throw new Fault(refusal.code(), refusal.detail());
      }
      return message;
    } finally {
      requests.remove(ref);
    }
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Fault fault) {
        throw new Fault(fault.code(), fault.what(), fault.advice());
      }
      throw new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
    } catch (TimeoutException e) {
      throw new Fault(FaultCode.RELAY_TIMEOUT, "the relay did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  boolean answered(int ref, RelayMessage message) {
    CompletableFuture<RelayMessage> waiting = requests.get(ref);
    return waiting != null && waiting.complete(message);
  }

  /** Learns somebody's record from the relay. */
  void look(UserId user) {
    client.awaitOnline(ONLINE_MILLIS);
    CompletableFuture<Boolean> answer =
        looks.computeIfAbsent(user, key -> new CompletableFuture<>());
    loop.input(new PeerInput.Look(user));
    try {
      get(answer);
    } finally {
      looks.remove(user, answer);
    }
  }

  void looked(UserId user, @Nullable Fault fault) {
    CompletableFuture<Boolean> waiting = looks.get(user);
    if (waiting != null && fault == null) {
      waiting.complete(true);
    } else if (waiting != null) {
      waiting.completeExceptionally(fault);
    }
  }

  /** The connection ended: nobody waits for its answers any longer. */
  void linkLost(Fault fault) {
    requests.values().forEach(waiting -> waiting.completeExceptionally(fault));
    looks.values().forEach(waiting -> waiting.completeExceptionally(fault));
  }

  /** Off the loop's thread, in order. */
  void later(Runnable task) {
    try {
      news.execute(() -> unlessClosed(task));
    } catch (RejectedExecutionException e) {
      // Closing: the rows are stored, the next process reads them.
      return;
    }
  }

  private static void unlessClosed(Runnable task) {
    try {
      task.run();
    } catch (Fault fault) {
      if (fault.code() != FaultCode.CANCELLED) {
        throw fault;
      }
      // Closed in between: the same.
    }
  }

  int watching() {
    return loop.nextRef();
  }

  @Override
  public RelayConnection openData() {
    return link.openData(dataToken().token());
  }

  @Override
  public List<Address> devices(List<UserId> people) {
    return client.devices(people);
  }

  @Override
  public boolean awaitRelay() {
    if (client.online()) {
      return false;
    }
    waits.until(60_000, client::online);
    return true;
  }

  @Override
  public void changed(BlobId blob) {
    client.publishTransfer(blob);
  }

  @Override
  public Path transferFolder() {
    return folder;
  }

  @Override
  public long now() {
    return System.currentTimeMillis();
  }

  @Override
  public void close() {
    news.shutdown();
    linkLost(new Fault(FaultCode.CANCELLED, "the client is closed"));
  }
}
