package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waxwing help}. */
@Command(
    header = {"waxwing help exit-codes", ""},
    description = {
      "%nHelp on a command, or on a topic: environment, exit-codes, json, paths," + " security.%n"
    })
final class HelpCommand extends Task {
  @Parameters(paramLabel = "TOPIC", arity = "0..2", description = "a command or topic")
  List<String> words = new ArrayList<>();

  @Override
  int run(Session session) {
    String text = text(session);
    if (session.voice().json()) {
      session.voice().document(Json.document().put("text", text));
    } else {
      session.world().streams().out().print(text);
    }
    return 0;
  }

  private String text(Session session) {
    if (words.isEmpty()) {
      return Usage.overview();
    }
    String word = words.get(0);
    String topic = HelpText.TOPICS.get(word);
    if (topic != null) {
      return topic;
    }
    Catalog.Entry entry =
        Catalog.find(word)
            .orElseThrow(
                () -> {
                  List<String> known = new ArrayList<>(Catalog.names());
                  known.addAll(HelpText.TOPICS.keySet());
                  return new Fault(
                      FaultCode.USAGE,
                      "there is no help on '" + word + "'",
                      Nearest.to(word, known)
                          .map(near -> "did you mean " + near + "?")
                          .orElse("see: waxwing help"));
                });
    if (entry.inner().isEmpty()) {
      return Usage.of(Usage.lineOf(entry.task().get(), "waxwing " + word, session.world()), true);
    }
    if (words.size() == 1) {
      return Usage.group(entry);
    }
    return entry.inner().stream()
        .filter(inner -> inner.name().equals(words.get(1)))
        .findFirst()
        .map(
            inner ->
                Usage.of(
                    Usage.lineOf(
                        inner.task().get(),
                        "waxwing " + word + " " + inner.name(),
                        session.world()),
                    true))
        .orElseGet(() -> Usage.group(entry));
  }
}
