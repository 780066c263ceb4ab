package dev.waxwing.crash;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.wire.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A program on the peer library, the one of {@code waxwing.jar}, that is told by lines what to do
 * and says by lines of JSON what came of it. Ends with its input, or by being killed.
 *
 * <pre>
 *  Talker HOME
 *    text USER TEXT      {"at":"stored"} when it is on this disk, {"at":"accepted"} when on the relay's
 *    file USER PATH      {"at":"sending"}
 *    take FOLDER         takes what is on offer and what will be
 *    history MILLIS      {"at":"history"}: all that stands there since, and every transfer
 * </pre>
 */
public final class Talker {
  private final Peer peer;
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final JsonMapper mapper = new JsonMapper();
  private final LinkedBlockingQueue<BlobId> offered = new LinkedBlockingQueue<>();

  private Talker(Peer peer) {
    this.peer = peer;
  }

  /** Does what it is told. */
  public static void main(String[] args) throws IOException {
    ProfileFolder folder =
        ProfileFolder.locate(Path.of(args[0]), ProfileFolder.Surroundings.current());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Peer peer = new Profiles(folder, () -> null).open()) {
      Talker talker = new Talker(peer);
      peer.subscribe(talker::happened);
      talker.say("ready", talker.mapper.createObjectNode());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        talker.obey(line);
      }
    }
  }

  private synchronized void say(String at, ObjectNode more) {
    ObjectNode node = mapper.createObjectNode();
    node.put("at", at);
    node.setAll(more);
    out.println(node);
  }

  private ObjectNode text(Message message) {
    return mapper
        .createObjectNode()
        .put("to", message.with().name())
        .put("id", message.id().toString())
        .put("text", message.text());
  }

  private void happened(PeerEvent event) {
    if (event instanceof PeerEvent.MessageChanged changed) {
      MessageState state = changed.message().state();
      if (state == MessageState.ACCEPTED || state == MessageState.DELIVERED) {
        say("accepted", text(changed.message()));
      }
    } else if (event instanceof PeerEvent.TransferChanged changed
        && changed.transfer().state() == TransferState.OFFERED) {
      offered.add(changed.transfer().id());
    }
  }

  private void obey(String line) {
    String[] words = line.split(" ", 3);
    try {
      switch (words[0]) {
        case "text" -> say("stored", text(peer.sendText(new UserId(words[1]), words[2])));
        case "file" -> file(new UserId(words[1]), words[2]);
        case "take" -> take(words[1]);
        case "history" -> history(Long.parseLong(words[1]));
        default -> throw new IllegalArgumentException(line);
      }
    } catch (Fault fault) {
      say("fault", mapper.createObjectNode().put("code", fault.code().name()).put("line", line));
    }
  }

  private void file(UserId to, String path) {
    Transfer transfer = peer.send(new SendRequest(List.of(to), List.of(path), null, ""));
    say("sending", mapper.createObjectNode().put("path", path).put("id", transfer.id().toString()));
  }

  private void take(String folder) {
    peer.offers().forEach(offer -> offered.add(offer.id()));
    Thread taker = new Thread(() -> takeAll(folder), "taker");
    taker.setDaemon(true);
    taker.start();
  }

  private void takeAll(String folder) {
    try {
      while (true) {
        BlobId offer = offered.take();
        try {
          peer.receive(new ReceiveRequest(offer, folder, null, ReceiveRequest.Conflict.RENAME));
        } catch (Fault fault) {
          // Offered twice here, taken once.
          continue;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void history(long since) {
    ObjectNode node = mapper.createObjectNode();
    ArrayNode lines = node.putArray("lines");
    for (Message message : peer.history(new HistoryQuery(null, since, null, Integer.MAX_VALUE))) {
      lines.add(text(message).put("kind", message.kind().name()).put("out", message.outgoing()));
    }
    ArrayNode transfers = node.putArray("transfers");
    for (Transfer transfer : peer.transfers()) {
      transfers
          .addObject()
          .put("id", transfer.id().toString())
          .put("name", transfer.name())
          .put("state", transfer.state().name())
          .put("why", String.valueOf(transfer.problem()));
    }
    say("history", node);
  }
}
