package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waxwing chat}. */
@Command(
    header = {"waxwing chat ali", ""},
    description = {
      "%nTalk with somebody: /file PATH, /retry, /verify, /quit, /help. Without a terminal each line"
          + " of standard input is sent and what comes in is printed.%n"
    })
final class ChatCommand extends Task {
  private static final int AHEAD = 64;

  @Parameters(paramLabel = "USER", description = "a user ID or your name for them")
  String user = "";

  @Override
  int run(Session session) {
    Peer peer = session.fetched(null);
    UserId with = People.find(peer, user);
    return session.ask().possible() && session.world().streams().tty().out()
        ? ChatScreen.run(session, with)
        : plain(session, with);
  }

  /** Lines in, lines out. */
  private static int plain(Session session, UserId with) {
    Voice voice = session.voice();
    UserId self = session.peer().self().user();
    Chat chat = new Chat(session, with, line -> voice.result("%s", new Safe(line, Ink.PLAIN)));
    BlockingQueue<Optional<String>> typed = new ArrayBlockingQueue<>(AHEAD);
    Thread reader = new Thread(() -> read(session, typed), "waxwing-stdin");
    reader.setDaemon(true);
    try (Events events = new Events(session.peer())) {
      if (!voice.json()) {
        chat.begin();
      }
      reader.start();
      boolean on = true;
      while (on && !voice.unheard()) {
        session.stop().check();
        PeerEvent event = typed.isEmpty() ? events.next() : events.now();
        if (event != null) {
          if (voice.json()) {
            voice.document(Shapes.event(event, self));
          } else {
            chat.happened(event);
          }
        }
        Optional<String> line = typed.poll();
        on = line == null || (line.isPresent() && chat.type(line.get()));
      }
      chat.drain(Deadline.after(session.clock(), Session.REACH));
    }
    return 0;
  }

  private static void read(Session session, BlockingQueue<Optional<String>> typed) {
    try {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(session.in(), StandardCharsets.UTF_8));
      try {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          typed.put(Optional.of(line));
        }
      } catch (IOException e) {
        Fault fault = new Fault(FaultCode.FILE_UNREADABLE, "standard input cannot be read", e);
        Failure.tell(fault, session.voice());
      }
      typed.put(Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
