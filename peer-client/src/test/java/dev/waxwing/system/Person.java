package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.peer.cli.Glance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Somebody with a profile, who reaches the relay through a gate of their own. */
public final class Person implements AutoCloseable {
  public final String name;
  public final Path home;
  final Gate gate;
  private final Town town;
  private final List<Program> programs = new ArrayList<>();

  Person(Town town, String name, Path home, Gate gate) {
    this.town = town;
    this.name = name;
    this.home = home;
    this.gate = gate;
  }

  /** Starts a command, with documents as its output. */
  Program start(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(town.launcher(), "--home", home.toString(), "--json", "--no-input"));
    command.addAll(List.of(arguments));
    Program program = town.launch(command, name + "-" + arguments[0]);
    programs.add(program);
    return program;
  }

  /** Runs a command without input to its end. */
  Program run(String... arguments) throws IOException, InterruptedException {
    Program program = start(arguments);
    program.in().close();
    program.exit();
    programs.remove(program);
    return program;
  }

  /** Runs a command that succeeds; returns what it printed. */
  JsonNode ok(String... arguments) throws IOException, InterruptedException {
    return ends(0, arguments);
  }

  /** Runs a command that ends with this code; returns what it printed. */
  JsonNode ends(int exit, String... arguments) throws IOException, InterruptedException {
    Program program = run(arguments);
    assertEquals(exit, program.exit(), program::toString);
    return program.document();
  }

  /** What a command says that only looks; no program is started for it. */
  JsonNode look(String... arguments) throws IOException {
    return Glance.at(home, arguments);
  }

  /** Asks again and again until the answer is as wanted. */
  JsonNode until(Predicate<JsonNode> wanted, String... arguments)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Program.PATIENCE);
    while (true) {
      JsonNode answer = look(arguments);
      if (wanted.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never as wanted: " + List.of(arguments) + "\n" + answer);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  /** Starts taking whatever comes into a folder; returns when it listens. */
  Program takeAll(Path folder) throws IOException, InterruptedException {
    Program program = start("receive", "--watch", "--to", folder.toString());
    until(status -> status.at("/link/state").asText().equals("online"), "status");
    return program;
  }

  /** A transfer by its ID. */
  JsonNode transfer(String id) throws IOException, InterruptedException {
    return look("transfers", "show", id).path("transfer");
  }

  /** Whether a transfer has come to a state. */
  boolean isAt(String state, String id) {
    try {
      return transfer(id).path("state").asText().equals(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The transfers in the order they began. */
  JsonNode transfers() throws IOException, InterruptedException {
    return look("transfers", "ls").path("transfers");
  }

  /** The transfer that began last. */
  JsonNode last() throws IOException, InterruptedException {
    JsonNode all = transfers();
    return all.get(all.size() - 1);
  }

  /** The unread texts, which are read with that; offers of files are not among them. */
  List<String> inbox() throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    for (JsonNode message : look("inbox").path("messages")) {
      if (message.path("kind").asText().equals("text")) {
        texts.add(message.path("text").asText());
      }
    }
    return texts;
  }

  @Override
  public void close() throws IOException {
    programs.forEach(Program::close);
    gate.close();
  }
}
