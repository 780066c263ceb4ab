package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.local.LocalClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** The built programs at work: a relay and people, all below one folder. */
public final class Town implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(Program.PATIENCE);

  private final Path folder;
  private final Path relayFolder;
  private final int port;
  private final List<String> limits;
  private final List<Person> people = new ArrayList<>();
  private final HttpClient http;
  private Program relay;
  private int launched;

  /**
   * A town with its relay running.
   *
   * @param limits flags of the relay's
   */
  public Town(Path folder, String... limits) throws IOException, InterruptedException {
    this(folder, folder.resolve("relay"), limits);
  }

  /** The same with the relay's folder elsewhere. */
  public Town(Path folder, Path relayFolder, String... limits)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.relayFolder = relayFolder;
    this.limits = List.of(limits);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    this.http = HttpClient.newBuilder().sslContext(trustingAll()).build();
    openRelay();
  }

  /** Starts the relay on its folder and port. */
  public void openRelay() throws InterruptedException {
    openRelay(List.of(), Map.of());
  }

  /**
   * The same in other circumstances.
   *
   * @param before a command that runs it, with its arguments; empty for none
   * @param environment variables it has besides
   */
  public void openRelay(List<String> before, Map<String, String> environment)
      throws InterruptedException {
    List<String> command = new ArrayList<>(before);
    command.addAll(relayCommand("serve", "--json", "--dir", relayFolder().toString()));
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
    // Everybody here comes from one address.
    command.addAll(List.of("--login-rate", "1000", "--lookup-rate", "1000"));
    command.addAll(List.of("--max-per-address", "1000"));
    command.addAll(limits);
    relay = launch(command, "relay", environment);
    try {
      relay.await(line -> line.at("/result/port").isInt());
    } catch (AssertionError e) {
      relay.close();
      throw e;
    }
  }

  /** The relay that runs, or ran last. */
  public Program relay() {
    return relay;
  }

  Path relayFolder() {
    return relayFolder;
  }

  private static List<String> relayCommand(String... arguments) {
    Path script = target().resolve("../../relay-server/target/waxwing-relay").normalize();
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Path target() {
    return Path.of(System.getProperty("waxwing.target", "target")).toAbsolutePath();
  }

  String launcher() {
    return target().resolve("waxwing").toString();
  }

  Program launch(List<String> command, String name) {
    return launch(command, name, Map.of());
  }

  /** Starts a program on the Java under test. */
  public Program launch(List<String> command, String name, Map<String, String> environment) {
    String java = System.getProperty("test.java", "");
    Path err = folder.resolve(++launched + "-" + name + ".err");
    Map<String, String> all = new HashMap<>(environment);
    all.put("JAVA_HOME", java.isEmpty() ? System.getProperty("java.home") : java);
    // One for all towns: each archive of loaded classes costs seconds to write.
    all.put("XDG_CACHE_HOME", target().resolve("cache").toString());
    return Program.start(command, all, err);
  }

  /** Lets somebody join, through a gate. */
  public Person join(String name) throws IOException {
    return join(name, folder.resolve(name));
  }

  /** The same with a profile elsewhere. */
  public Person join(String name, Path home) throws IOException {
    Person person = new Person(this, name, home, new Gate(port));
    people.add(person);
    Newcomer.join(home, inviteFor(person), name);
    return person;
  }

  /** An invite that leads through somebody's gate. */
  private Invite inviteFor(Person person) {
    ObjectNode args =
        LocalClient.args().put("uses", 1).put("expiresMillis", 3_600_000).put("note", "");
    try (LocalClient client = LocalClient.connect(relayFolder(), PATIENCE).orElseThrow()) {
      Invite invite =
          Invite.parse(client.call("invite.create", args, PATIENCE).path("invite").asText());
      return new Invite(
          List.of(person.gate.address()), invite.relay(), invite.binding(), invite.token());
    }
  }

  /** Gives a command of the relay's operator, which succeeds; returns what it printed. */
  JsonNode operate(String... arguments) throws InterruptedException {
    List<String> command = relayCommand(arguments);
    command.addAll(List.of("--json", "--dir", relayFolder().toString()));
    Program program = launch(command, "operator");
    assertEquals(0, program.exit(), program::toString);
    return program.document().path("result");
  }

  /** A number from the relay's metrics. */
  public long metric(String name) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/metrics")).build();
    String text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return text.lines()
        .filter(line -> line.startsWith("waxwing_relay_" + name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in\n" + text));
  }

  /** Waits until a number of the relay's is as wanted. */
  public long metric(String name, LongPredicate wanted) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Program.PATIENCE);
    long now = metric(name);
    while (!wanted.test(now)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(name + " stays " + now);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      now = metric(name);
    }
    return now;
  }

  /** The segments of the blobs at the relay, in order. */
  List<Path> segments() {
    try (Stream<Path> files = Files.walk(relayFolder())) {
      return files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SSLContext trustingAll() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The relay's certificate is its own, and a test of metrics is no test of trust. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Override
  public void close() throws IOException {
    for (Person person : people) {
      person.close();
    }
    relay.close();
  }
}
