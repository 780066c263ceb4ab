package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.net.Json;
import dev.waxwing.relay.store.Counter;
import dev.waxwing.relay.store.Directory;
import dev.waxwing.relay.store.Invite;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.relay.store.Store;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.relay.store.StoreWork;
import dev.waxwing.relay.store.TokenHash;
import dev.waxwing.relay.store.UserEntry;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * What an operator asks and orders, as JSON in and out: the same whether it comes over the local
 * socket of a running relay or from a command that opened the store itself. Any thread.
 */
final class OperatorDesk {
  private static final int PAGE = 500;
  private static final int SHORT_ID = 12;
  private static final long LONGEST_MILLIS = 3_650L * 24 * 3600 * 1000;

  /** What only a running relay can answer. */
  interface Live {
    /** State, connections and figures. */
    CompletableFuture<JsonNode> status();

    /** Everybody connected. */
    CompletableFuture<JsonNode> clients();

    /** Ends a user's connections; how many there were. */
    CompletableFuture<JsonNode> kick(UserId user, String reason);

    /** Ends a user's connections and removes the user; the store is asked by the hub. */
    void drop(UserId user);
  }

  private final StoreThread store;
  private final InviteMaker invites;
  private final LongSupplier clock;
  private final Backups backups;
  private final Optional<Live> live;

  OperatorDesk(
      StoreThread store,
      InviteMaker invites,
      LongSupplier clock,
      Backups backups,
      Optional<Live> live) {
    this.store = store;
    this.invites = invites;
    this.clock = clock;
    this.backups = backups;
    this.live = live;
  }

  /** Carries out one call; failures end the future with a {@link Fault}. */
  CompletableFuture<JsonNode> handle(String call, JsonNode args) {
    try {
      return switch (call) {
        case "status" -> status();
        case "invite.create" -> createInvite(args);
        case "invite.ls" -> run(this::listInvites);
        case "invite.revoke" -> run(s -> revokeInvite(s, args.path("id").asText()));
        case "users.ls" -> run(this::listUsers);
        case "users.show" -> run(s -> showUser(s, user(args)));
        case "users.remove" -> removeUser(user(args));
        case "backup.create" -> backups.create(args.path("to").asText());
        case "clients.ls" -> running().clients();
        case "clients.kick" ->
            running().kick(user(args), args.path("reason").asText("the operator ended it"));
        default ->
            throw new Fault(FaultCode.USAGE, "this relay does not know " + LogText.field(call));
      };
    } catch (Fault fault) {
      return CompletableFuture.failedFuture(fault);
    }
  }

  private Live running() {
    return live.orElseThrow(
        () ->
            new Fault(
                FaultCode.NETWORK_UNREACHABLE,
                "the relay does not run",
                "start it: waxwing-relay serve"));
  }

  private CompletableFuture<JsonNode> status() {
    return figures()
        .thenCombine(
            live.map(Live::status)
                .orElseGet(() -> CompletableFuture.completedFuture(object().put("running", false))),
            (stored, running) -> ((ObjectNode) running).setAll((ObjectNode) stored));
  }

  /** What the store counts; nothing once it has ended, which the rest of the status says. */
  private CompletableFuture<JsonNode> figures() {
    if (live.isPresent() && store.state() != StoreEngine.State.OPEN) {
      return CompletableFuture.completedFuture(object());
    }
    return run(this::storeStatus)
        .exceptionallyCompose(
            cause ->
                live.isPresent() && store.state() != StoreEngine.State.OPEN
                    ? CompletableFuture.completedFuture(object())
                    : CompletableFuture.failedFuture(cause));
  }

  private JsonNode storeStatus(Store store) {
    Mailbox.Usage mail = store.mailbox().total();
    return object()
        .put("users", store.directory().count())
        .put("mailWaiting", mail.rows())
        .put("mailBytes", mail.bytes())
        .put("quarantined", store.mailbox().quarantined());
  }

  private CompletableFuture<JsonNode> createInvite(JsonNode args) {
    int uses = args.path("uses").asInt(1);
    long lasts = args.path("expiresMillis").asLong(7L * 24 * 3600 * 1000);
    String note = args.path("note").asText("");
    if (uses < 1 || uses > 100_000) {
      throw new Fault(FaultCode.USAGE, "--uses must be from 1 to 100000");
    }
    if (lasts < 1000 || lasts > LONGEST_MILLIS) {
      throw new Fault(FaultCode.USAGE, "--expires must be from 1s to 3650d");
    }
    if (note.length() > 200) {
      throw new Fault(FaultCode.USAGE, "--note must not be over 200 characters");
    }
    byte[] random = new byte[dev.waxwing.identity.Invite.TOKEN];
    new SecureRandom().nextBytes(random);
    Bytes token = Bytes.of(random);
    long now = clock.getAsLong();
    Invite.Limits limits = new Invite.Limits(now, now + lasts, uses);
    dev.waxwing.identity.Invite invite = invites.make(token, args);
    return run(
        s -> {
          s.directory().createInvite(TokenHash.of(token), limits, note);
          ObjectNode made = describe(new Invite(TokenHash.of(token), limits, note, 0, false), now);
          ArrayNode addresses = made.putArray("addresses");
          invite.addresses().forEach(addresses::add);
          return made.put("invite", invite.toText());
        });
  }

  private JsonNode listInvites(Store store) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    long now = clock.getAsLong();
    store.directory().invites().forEach(invite -> list.add(describe(invite, now)));
    return list;
  }

  private static ObjectNode describe(Invite invite, long now) {
    String state = "open";
    if (invite.revoked()) {
      state = "revoked";
    } else if (invite.used() >= invite.limits().uses()) {
      state = "used";
    } else if (now >= invite.limits().expires()) {
      state = "expired";
    }
    return object()
        .put("id", invite.token().toString().substring(0, SHORT_ID))
        .put("state", state)
        .put("used", invite.used())
        .put("uses", invite.limits().uses())
        .put("created", invite.limits().created())
        .put("expires", invite.limits().expires())
        .put("note", invite.note());
  }

  private JsonNode revokeInvite(Store store, String id) {
    String wanted = id.toLowerCase(Locale.ROOT);
    List<Invite> matching =
        store.directory().invites().stream()
            .filter(invite -> wanted.length() >= 4 && invite.token().toString().startsWith(wanted))
            .toList();
    if (matching.size() != 1) {
      throw new Fault(
          FaultCode.INVITE_UNKNOWN,
          matching.isEmpty() ? "there is no such invite" : "several invites begin like that",
          "see: waxwing-relay invite ls");
    }
    store.directory().revokeInvite(matching.get(0).token());
    return describe(matching.get(0), clock.getAsLong()).put("state", "revoked");
  }

  private JsonNode listUsers(Store store) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    UserId after = null;
    while (true) {
      List<UserEntry> page = store.directory().list(after, PAGE);
      page.forEach(entry -> list.add(describe(entry)));
      if (page.size() < PAGE) {
        return list;
      }
      after = page.get(page.size() - 1).user();
    }
  }

  private static ObjectNode describe(UserEntry entry) {
    return object()
        .put("user", entry.user().name())
        .put("devices", entry.devices().size())
        .put("registered", entry.times().registered())
        .put("seen", entry.times().seen());
  }

  private static JsonNode showUser(Store store, UserId user) {
    Directory directory = store.directory();
    UserEntry entry = directory.find(user).orElseThrow(() -> unknown(user));
    ObjectNode shown = describe(entry);
    ArrayNode devices = shown.putArray("deviceIds");
    entry.devices().stream().map(DeviceId::toString).forEach(devices::add);
    Mailbox.Usage mail = store.mailbox().usage(user);
    shown.put("mailWaiting", mail.rows()).put("mailBytes", mail.bytes());
    shown.put("files", store.blobs().ownedBy(user).size());
    for (Map.Entry<Counter, Long> counter : directory.counters(user).entrySet()) {
      shown.put(counter.getKey().name().toLowerCase(Locale.ROOT), counter.getValue());
    }
    return shown;
  }

  private CompletableFuture<JsonNode> removeUser(UserId user) {
    return run(s -> {
          UserId found = s.directory().find(user).orElseThrow(() -> unknown(user)).user();
          if (live.isEmpty()) {
            s.directory().remove(found, RemovedReason.USER_REMOVED, clock.getAsLong());
          }
          return object().put("user", found.name()).put("removed", true);
        })
        .thenApply(
            answer -> {
              live.ifPresent(relay -> relay.drop(user));
              return answer;
            });
  }

  private static UserId user(JsonNode args) {
    return new UserId(args.path("user").asText());
  }

  private static Fault unknown(UserId user) {
    return new Fault(
        FaultCode.USER_UNKNOWN, "nobody is called " + user, "see: waxwing-relay users ls");
  }

  private static ObjectNode object() {
    return Json.object();
  }

  private <T> CompletableFuture<T> run(StoreWork<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    store.submit(512, work, StoreDone.of(answer::complete, answer::completeExceptionally));
    return answer;
  }
}
