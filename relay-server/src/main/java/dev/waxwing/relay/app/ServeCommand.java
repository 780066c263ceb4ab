package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.relay.net.Json;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** Runs the relay until it is told to end. */
@Command(
    name = "serve",
    description = "Run the relay. The first time it makes identity, certificate and database.")
final class ServeCommand implements Callable<Integer> {
  private static final Duration DRAIN = Duration.ofSeconds(7);

  private final RelayCli cli;

  ServeCommand(RelayCli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException {
    RelayConfig config = cli.config();
    LogSetup.apply(config.logging());
    ProfileLock lock =
        ProfileLock.tryAcquire(config.places().data())
            .orElseThrow(
                () ->
                    new Fault(
                        FaultCode.PORT_IN_USE,
                        "a relay already runs in " + config.places().data(),
                        "see: waxwing-relay status"));
    Relay relay;
    try {
      relay = Relay.start(config, lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
    LastAddresses.write(config, relay.addresses());
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  relay.drain(DRAIN);
                  lock.close();
                  ended.countDown();
                  // A relay told to end has ended well; the JVM alone would report the signal.
                  Runtime.getRuntime().halt(0);
                },
                "drain"));
    greet(config, relay);
    ended.await();
    return 0;
  }

  private void greet(RelayConfig config, Relay relay) {
    Console console = cli.console();
    if (cli.json()) {
      ObjectNode ready =
          Json.object()
              .put("port", relay.port())
              .put("identity", relay.identity().toBase64())
              .put("dir", config.places().data().toString());
      relay.addresses().forEach(ready.putArray("addresses")::add);
      console.json(ready);
      return;
    }
    console.note("listening on " + String.join(", ", relay.addresses()));
    if (!relay.fresh()) {
      return;
    }
    console.note("relay identity " + relay.identity().toHex());
    console.note("data in " + config.places().data() + ", keys in " + config.places().keys());
    if (!console.interactive()) {
      console.note("make an invite: waxwing-relay invite create --dir " + config.places().data());
      return;
    }
    JsonNode invite = Relay.await(relay.desk().handle("invite.create", LocalClient.args()));
    String text = invite.path("invite").asText();
    console.qr(text);
    console.note("A first invite, good for one person and 7 days:");
    console.print(text);
    console.note("They run: waxwing join INVITE");
  }
}
