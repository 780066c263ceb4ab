package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing history}. */
@Command(
    header = {
      "waxwing history ali --since 2d --search invoice",
      "waxwing history ali --export ali.jsonl",
      ""
    },
    description = "%nA conversation, oldest first. Everything is on this device only.%n")
final class HistoryCommand extends Task {
  @Parameters(
      arity = "0..1",
      paramLabel = "USER",
      description = "a user ID or your name for them; without: everybody")
  @Nullable String user;

  @Option(names = "--search", paramLabel = "S", description = "only lines that contain S")
  @Nullable String search;

  @Option(names = "--since", paramLabel = "D", description = "a span like 2d, or a date 2026-01-31")
  @Nullable String since;

  @Option(names = "--limit", paramLabel = "N", description = "the newest N: ${DEFAULT-VALUE}")
  int limit = 1000;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = "write all of it there: exact as .jsonl, otherwise as text")
  @Nullable Path export;

  @Override
  int run(Session session) {
    Peer peer = session.peer();
    UserId with = user == null ? null : People.find(peer, user);
    int most = export == null ? Math.max(1, limit) : Integer.MAX_VALUE;
    List<Message> messages = peer.history(new HistoryQuery(with, since(session), search, most));
    UserId self = peer.self().user();
    Voice voice = session.voice();
    if (export != null) {
      write(session, export, messages, self);
      if (voice.json()) {
        voice.document(
            Json.document().put("file", export.toAbsolutePath()).put("messages", messages.size()));
      } else {
        voice.done("%s in %s", Human.count(messages.size(), "message", "messages"), export);
      }
    } else if (voice.json()) {
      voice.document(
          Json.document()
              .put("messages", messages.stream().map(m -> Shapes.message(m, self)).toList()));
    } else {
      Lines lines = new Lines(session.clock().getZone(), self);
      messages.forEach(message -> lines.result(voice, message));
      if (messages.isEmpty()) {
        voice.note("Nothing found.");
      }
    }
    return 0;
  }

  private long since(Session session) {
    if (since == null) {
      return 0;
    }
    try {
      return LocalDate.parse(since)
          .atStartOfDay(session.clock().getZone())
          .toInstant()
          .toEpochMilli();
    } catch (DateTimeParseException e) {
      return session.clock().millis() - Span.parse(since).millis();
    }
  }

  private static void write(Session session, Path file, List<Message> messages, UserId self) {
    Path target = file.toAbsolutePath();
    if (Files.exists(target) && !session.ask().confirm("Replace " + file + "?", "--yes")) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, file + " exists", "choose another name");
    }
    boolean exact = target.toString().endsWith(".jsonl");
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
        for (Message message : messages) {
          out.write(
              exact
                  ? Json.document().with(Shapes.message(message, self)).toString()
                  : text(session, message, self));
          out.write('\n');
        }
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, file + " cannot be written", e);
    }
  }

  /** Escaped as well: text files are read on terminals. */
  private static String text(Session session, Message message, UserId self) {
    String time = Human.time(message.sentAt(), session.clock().getZone());
    UserId who = message.outgoing() ? self : message.with();
    String text = TerminalText.escapeLines(message.text()).replace("\n", "\n    ");
    return time + "  " + who + ": " + text;
  }
}
