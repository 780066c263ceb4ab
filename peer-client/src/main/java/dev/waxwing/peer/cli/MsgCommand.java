package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing msg}. */
@Command(
    header = {"waxwing msg ali \"Here you are\"", "make 2>&1 | waxwing msg ali -", ""},
    description = {
      "%nSends one message. Exit code 0 once the relay has it on its disk, whether or not the person"
          + " is here.%n"
    })
final class MsgCommand extends Task {
  private static final int LONGEST = 16 * 1024 * 1024;
  private static final long TURN = 250;

  @Parameters(index = "0", paramLabel = "USER", description = "a user ID or your name for them")
  String user = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TEXT",
      description = "the text; - or nothing reads standard input")
  List<String> words = new ArrayList<>();

  @Option(names = "--wait", description = "until it is delivered; 7 if --timeout passes first")
  boolean wait;

  @Option(names = "--timeout", paramLabel = "D", description = "give up after this: 30s, 10m, 2h")
  @Nullable Span timeout;

  @Option(names = "--accept-new-key", description = "send even though the person's key changed")
  boolean acceptNewKey;

  @Override
  int run(Session session) {
    String text = text(session);
    if (text.isBlank()) {
      throw new Fault(FaultCode.MESSAGE_EMPTY, "there is nothing to send");
    }
    Deadline deadline = Deadline.after(session.clock(), timeout);
    Peer peer = session.online(timeout);
    UserId to = People.find(peer, user);
    People.requireKey(peer, to, acceptNewKey);
    try {
      Message message = peer.sendText(to, text);
      MessageState until = wait ? MessageState.DELIVERED : MessageState.ACCEPTED;
      return told(session, await(session, message, until, deadline));
    } catch (Fault fault) {
      if (fault.code() != FaultCode.MESSAGE_TOO_LARGE) {
        throw People.meant(peer, user, fault);
      }
      session.voice().note("That is long: it travels as a file, message.txt.");
      return new SendFollow(session, wait, timeout)
          .end(peer.sendTextAsFile(to, text).id(), deadline);
    }
  }

  private String text(Session session) {
    if (!words.isEmpty() && !words.equals(List.of("-"))) {
      return String.join(" ", words);
    }
    if (words.isEmpty() && session.world().streams().tty().in()) {
      return session.ask().line("Message", null, "TEXT, or - and standard input");
    }
    try {
      byte[] bytes = session.in().readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "that is more than 16 MB of text");
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "standard input cannot be read", e);
    }
  }

  private static Message await(
      Session session, Message sent, MessageState until, Deadline deadline) {
    Message message = sent;
    while (!there(message.state(), until) && !deadline.passed()) {
      session.stop().check();
      message = session.peer().awaitMessage(sent.id(), until, deadline.left(TURN));
    }
    return message;
  }

  /** Whether waiting on makes sense no more. */
  private static boolean there(MessageState state, MessageState until) {
    return switch (state) {
      case QUEUED -> false;
      case ACCEPTED -> until == MessageState.ACCEPTED;
      case HELD, DELIVERED, FAILED, NOTE, UNREAD, READ -> true;
    };
  }

  private int told(Session session, Message message) {
    Peer peer = session.peer();
    UserId to = message.with();
    Voice voice = session.voice();
    int exit =
        switch (message.state()) {
          case DELIVERED, NOTE, UNREAD, READ -> 0;
          case ACCEPTED -> wait ? 7 : 0;
          case QUEUED -> peer.link().fault() == null ? 7 : 3;
          case HELD ->
              throw new Fault(FaultCode.KEY_CHANGED, "the key of " + to + " changed: it is held");
          case FAILED ->
              throw new Fault(
                  FaultCode.NOT_DELIVERED,
                  "the message was given up",
                  "see: waxwing" + " history " + to);
        };
    if (voice.json()) {
      voice.document(Json.document().put("message", Shapes.message(message, peer.self().user())));
    } else if (message.state() == MessageState.DELIVERED) {
      voice.done("delivered to %s", to);
    } else if (message.state() == MessageState.NOTE) {
      voice.done("kept as a note to yourself");
    } else if (message.state() == MessageState.QUEUED) {
      voice.warn("not at the relay yet; it is kept and goes out with your next command");
    } else if (People.online(peer, to)) {
      voice.done("at the relay; %s is online", to);
    } else {
      voice.done("at the relay; %s is away and gets it when they come", to);
    }
    if (exit != 0 && !voice.json()) {
      voice.warn(
          "not delivered within %s", timeout == null ? "" : Human.duration(timeout.millis()));
    }
    return exit;
  }
}
