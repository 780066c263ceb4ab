package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A conversation on a terminal: line editing below, what comes in above. Loads JLine. */
final class ChatScreen {
  private ChatScreen() {}

  static int run(Session session, UserId with) {
    // Without graphemeCluster it asks the terminal nothing, and so eats nothing typed meanwhile.
    TerminalBuilder builder = TerminalBuilder.builder().system(true).graphemeCluster(false);
    try (Terminal terminal = builder.dumb(true).build()) {
      return run(session, with, terminal);
    } catch (IOException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "the terminal cannot be used", e);
    }
  }

  /** The same on a given terminal. */
  static int run(Session session, UserId with, Terminal terminal) {
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("waxwing")
            .completer(new StringsCompleter(Chat.COMMANDS))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.BRACKETED_PASTE, true)
            .build();
    Chat chat = new Chat(session, with, reader::printAbove);
    AtomicBoolean on = new AtomicBoolean(true);
    try (Events events = new Events(session.peer())) {
      Thread incoming = new Thread(() -> follow(events, chat, on), "waxwing-chat");
      incoming.setDaemon(true);
      chat.begin();
      incoming.start();
      try {
        while (!session.stop().asked() && chat.type(reader.readLine(with + "> "))) {
          // Each line does its work in type().
        }
        return 0;
      } catch (EndOfFileException e) {
        return 0;
      } catch (UserInterruptException e) {
        return 130;
      } finally {
        on.set(false);
      }
    }
  }

  private static void follow(Events events, Chat chat, AtomicBoolean on) {
    while (on.get()) {
      try {
        PeerEvent event = events.next();
        if (event != null) {
          chat.happened(event);
        }
      } catch (Fault fault) {
        if (fault.code() == FaultCode.EVENTS_MISSED) {
          chat.say("! %s; %s", fault.what(), fault.advice());
          return;
        }
        // A line that cannot be marked as read now is shown again by inbox.
      }
    }
  }
}
