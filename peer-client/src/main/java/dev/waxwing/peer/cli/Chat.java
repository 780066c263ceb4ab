package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.SafetyView;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with one person: what is typed goes in, lines to show come out. Events and typed
 * lines may come from two threads.
 */
final class Chat {
  /** The commands, for help and completion. */
  static final List<String> COMMANDS = List.of("/file", "/retry", "/verify", "/quit", "/help");

  private static final int SHOWN = 10;

  private final Session session;
  private final Peer peer;

  /** The safety number last shown, which a yes is about. */
  private @Nullable String comparing;

  private final UserId with;
  private final Consumer<String> show;
  private final Lines lines;
  private volatile boolean online;
  private final Set<MessageId> sent = ConcurrentHashMap.newKeySet();

  /** What {@link #begin} has shown: its events may still be on their way. */
  private final Set<MessageId> before = ConcurrentHashMap.newKeySet();

  private final Map<BlobId, TransferState> told = new ConcurrentHashMap<>();

  /**
   * A conversation.
   *
   * @param show takes lines that are fit for a terminal
   */
  Chat(Session session, UserId with, Consumer<String> show) {
    this.session = session;
    this.peer = session.peer();
    this.with = with;
    this.show = show;
    this.lines = new Lines(session.clock().getZone(), peer.self().user());
  }

  /** Shows the last lines and how things stand. */
  void begin() {
    List<Message> last = peer.history(new HistoryQuery(with, 0, null, SHOWN));
    last.forEach(
        message -> {
          before.add(message.id());
          show.accept(lines.chat(session.voice(), message));
        });
    markRead(last);
    peer.transfers().forEach(transfer -> told.put(transfer.id(), transfer.state()));
    online = peer.link().state() == Link.State.ONLINE;
    if (!online) {
      say("The relay is not reached: what you write waits here.");
    } else if (!People.online(peer, with)) {
      say("%s is away and gets what you write when they come.", with);
    }
    peer.contacts().stream()
        .filter(contact -> contact.user().equals(with))
        .forEach(contact -> trust(contact));
  }

  /**
   * Takes a typed line.
   *
   * @return whether to go on
   */
  boolean type(String line) {
    try {
      if (line.isBlank()) {
        return true;
      }
      if (!line.startsWith("/") || line.startsWith("//")) {
        sendText(line.startsWith("//") ? line.substring(1) : line);
        return true;
      }
      String[] words = line.strip().split("\\s+", 2);
      return command(words[0], words.length > 1 ? words[1] : "");
    } catch (Fault fault) {
      say("! %s (%s): %s", fault.what(), fault.code(), fault.advice());
      return true;
    }
  }

  private void sendText(String text) {
    try {
      sent.add(peer.sendText(with, text).id());
    } catch (Fault fault) {
      if (fault.code() != FaultCode.MESSAGE_TOO_LARGE) {
        throw fault;
      }
      peer.sendTextAsFile(with, text);
      say("That is long: it travels as a file, message.txt.");
    }
  }

  /** Waits until what was typed is at the relay, if that can be reached. */
  void drain(Deadline deadline) {
    for (MessageId id : List.copyOf(sent)) {
      session.stop().check();
      peer.awaitMessage(id, MessageState.ACCEPTED, deadline.left(Session.REACH.millis()));
    }
  }

  private boolean command(String command, String rest) {
    switch (command) {
      case "/quit", "/q" -> {
        return false;
      }
      case "/file" -> file(rest);
      case "/retry" -> retry();
      case "/verify" -> verify(rest);
      case "/help" -> {
        say("/file PATH   send a file          /retry   send what failed again");
        say("/verify      the safety number    /quit    leave (also Ctrl-D)");
        say("//text       a line that starts with a slash");
      }
      default ->
          throw new Fault(
              FaultCode.USAGE,
              "there is no " + command,
              Nearest.to(command, COMMANDS)
                  .map(near -> "did you mean " + near + "?")
                  .orElse("see /help; // starts a line with a slash"));
    }
    return true;
  }

  private void file(String path) {
    if (path.isBlank()) {
      throw new Fault(FaultCode.USAGE, "no file is named", "/file PATH");
    }
    String home = System.getProperty("user.home", "");
    String named = path.startsWith("~/") ? home + path.substring(1) : path;
    String absolute = Path.of(named).toAbsolutePath().normalize().toString();
    Transfer transfer = peer.send(new SendRequest(List.of(with), List.of(absolute), null, ""));
    say("Sending %s, %s", transfer.name(), Human.size(Math.max(0, transfer.progress().size())));
  }

  private void retry() {
    List<Message> failed =
        peer.history(new HistoryQuery(with, 0, null, 1000)).stream()
            .filter(message -> message.state() == MessageState.FAILED)
            .toList();
    failed.forEach(message -> peer.retryMessage(message.id()));
    List<Transfer> transfers =
        peer.transfers().stream()
            .filter(transfer -> transfer.state() == TransferState.FAILED && concerns(transfer))
            .toList();
    transfers.forEach(transfer -> peer.retry(transfer.id()));
    say("%s again.", Human.count(failed.size() + transfers.size(), "thing", "things"));
  }

  private void verify(String answer) {
    String shown = comparing;
    if (answer.strip().equals("yes") && shown != null) {
      peer.markVerified(with, shown);
      say("%s is verified.", with);
      return;
    }
    SafetyView view = peer.safetyNumber(with);
    comparing = view.digits();
    VerifyCommand.lines(view.digits()).forEach(line -> say("    %s", line));
    say("If it is the same at their end: /verify yes");
  }

  /** Takes an event; what does not concern this conversation is not shown. */
  void happened(PeerEvent event) {
    event.on(
        new PeerEvent.Cases<Boolean>() {
          @Override
          public Boolean link(PeerEvent.LinkChanged event) {
            boolean now = event.link().state() == Link.State.ONLINE;
            if (now != online) {
              say(now ? "Connected." : "Not connected: what you write waits here.");
              online = now;
            }
            return true;
          }

          @Override
          public Boolean message(PeerEvent.MessageChanged event) {
            messageChanged(event.message());
            return true;
          }

          @Override
          public Boolean transfer(PeerEvent.TransferChanged event) {
            transferChanged(event.transfer());
            return true;
          }

          @Override
          public Boolean presence(PeerEvent.PresenceChanged event) {
            if (event.user().equals(with)) {
              say("%s is %s.", with, event.online() ? "online" : "away");
            }
            return true;
          }

          @Override
          public Boolean contact(PeerEvent.ContactChanged event) {
            if (event.contact().user().equals(with)) {
              trust(event.contact());
            }
            return true;
          }

          @Override
          public Boolean notice(PeerEvent.Notice event) {
            say("%s", event.text());
            return true;
          }

          @Override
          public Boolean missed(PeerEvent.Missed event) {
            return true;
          }
        });
  }

  private void messageChanged(Message message) {
    if (message.state() != MessageState.QUEUED) {
      sent.remove(message.id());
    }
    if (!message.with().equals(with)) {
      if (message.state() == MessageState.UNREAD) {
        say("(%s wrote: waxwing inbox)", message.with());
      }
      return;
    }
    switch (message.state()) {
      case UNREAD -> {
        if (before.contains(message.id())) {
          return;
        }
        show.accept(lines.chat(session.voice(), message));
        markRead(List.of(message));
      }
      case HELD -> say("! held: the key of %s changed. /verify, then it goes out", with);
      case FAILED -> say("! not sent: %s  (/retry)", message.text());
      case QUEUED, ACCEPTED, DELIVERED, NOTE, READ -> {}
    }
  }

  private void transferChanged(Transfer transfer) {
    if (!concerns(transfer) || transfer.state() == told.put(transfer.id(), transfer.state())) {
      return;
    }
    switch (transfer.state()) {
      case AT_RELAY, DONE, DECLINED, CANCELLED, PAUSED ->
          say("%s: %s", transfer.name(), Stage.of(transfer));
      case FAILED -> {
        Fault fault = Problems.of(transfer);
        say("! %s (%s): /retry", fault.what(), fault.code());
      }
      case OFFERED ->
          say("To take it: waxwing receive %s", transfer.id().toString().substring(0, 8));
      case WAITING, ACTIVE -> {}
    }
  }

  private boolean concerns(Transfer transfer) {
    return transfer.people().stream().anyMatch(party -> party.user().equals(with));
  }

  private void trust(Contact contact) {
    if (contact.trust() == Trust.CHANGED) {
      say("! The key of %s changed: a new device, or somebody else. /verify", with);
    }
  }

  private void markRead(List<Message> messages) {
    peer.markRead(
        messages.stream()
            .filter(message -> message.state() == MessageState.UNREAD)
            .map(Message::id)
            .toList());
  }

  void say(String form, Object... parts) {
    show.accept(session.voice().line(form, parts));
  }
}
