package dev.waxwing.simulation;

import dev.waxwing.crypto.CheapSuite;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A relay and its people, from the first connection to the last message read: one seed, one run.
 */
final class World {
  /** Which cryptography a world has. */
  enum Crypto {
    CHEAP,
    REAL
  }

  static final int PEOPLE = 5;
  private static final List<String> NAMES = List.of("ana", "ben", "cleo", "dan", "eva");
  private static final long STORM_MILLIS = 60_000;

  /** Longest time that everything takes to come to an end once the trouble is over. */
  private static final long CALM_MILLIS = 1_800_000;

  private static final long STEP_MILLIS = 5_000;
  private static final Map<Crypto, List<Identity>> IDENTITIES = new ConcurrentHashMap<>();

  final Agenda agenda = new Agenda();
  final Story story = new Story(agenda);
  final Dice dice;
  final Plant plant;
  final Suite suite;
  final Climate climate;
  final MailWatch watch;
  final BlobWatch blobs;
  final RelayNode relay;
  final List<Device> devices = new ArrayList<>();
  final List<Sent> sent = new ArrayList<>();

  /** Whether no new trouble comes. */
  boolean calm;

  /** Something a person wanted to say; whether they did, their disk knows. */
  record Sent(Device from, Device to, MessageId id, String line) {}

  World(long seed, Crypto crypto, Plant plant) {
    this.dice = new Dice(seed);
    this.plant = plant;
    this.suite =
        crypto == Crypto.CHEAP
            ? CheapSuite.with(aead -> new NonceWatch(aead, story))
            : CheapSuite.real(aead -> new NonceWatch(aead, story));
    this.climate = Climate.of(dice.split());
    Map<Address, Device> byAddress = new LinkedHashMap<>();
    this.watch = new MailWatch(story, () -> ran(), byAddress, climate.mailQuota());
    this.blobs = new BlobWatch(story);
    this.relay =
        new RelayNode(
            this,
            policy(climate),
            new StoreOptions(climate.mailQuota(), new EpochId(dice.bytes(EpochId.LENGTH))));
    for (Identity identity : identities(crypto).subList(0, climate.people())) {
      Device device = new Device(this, identity);
      devices.add(device);
      byAddress.put(device.address(), device);
    }
  }

  private static List<Identity> identities(Crypto crypto) {
    return IDENTITIES.computeIfAbsent(
        crypto,
        kind -> {
          Suite suite = kind == Crypto.CHEAP ? CheapSuite.with(aead -> aead) : Suite.wx1();
          Dice dice = new Dice(kind.ordinal());
          return NAMES.stream()
              .map(name -> Identity.create(suite, new UserId(name), dice::array, Clock.START))
              .toList();
        });
  }

  private static Policy policy(Climate climate) {
    Policy.Rate much = new Policy.Rate(100_000, 10_000);
    return new Policy(
        "simulated",
        Policy.Registration.OPEN,
        Policy.Visibility.OPEN,
        new Policy.Limits(1_000, 1_000, climate.sends(), much, much, climate.blobs()));
  }

  long lag() {
    return calm ? 20 : climate.lag();
  }

  Device device(UserId user) {
    return devices.stream().filter(one -> one.user().equals(user)).findFirst().orElseThrow();
  }

  /** The line a stored content leaves in the log of who stores it; null when it leaves none. */
  static String said(Content content) {
    if (content instanceof Content.Text text) {
      return text.text().substring(0, Math.min(12, text.text().length()));
    }
    return content instanceof Content.Offer offer ? "offer " + offer.blob() : null;
  }

  private long ran() {
    return relay.ran();
  }

  /** Time passes in which nothing else happens. */
  void timePasses(long millis) {
    agenda.leap();
    relay.wires().forEach(Wire::timePasses);
    relay.timePasses(millis);
    devices.forEach(one -> one.clock.jump(millis));
  }

  void say(Device from, Device to, Content content) {
    MessageId id = new MessageId(dice.bytes(MessageId.LENGTH));
    sent.add(new Sent(from, to, id, said(content)));
    from.say(id, to.user(), content);
  }

  /** A text nobody else says, of some length. */
  String text() {
    String number = "m" + sent.size() + " ";
    int length = dice.oneIn(6) ? (int) dice.between(0, 6_000) : (int) dice.between(0, 100);
    return (number + "............").substring(0, 12) + "x".repeat(length);
  }

  /** From the first connection to the end. */
  void run() {
    begin();
    Weather weather = new Weather(this);
    weather.schedule(STORM_MILLIS);
    agenda.runUntil(agenda.now() + STORM_MILLIS);
    weather.clear();
    calm = true;
    story.tell("the trouble is over");
    long until = agenda.now() + CALM_MILLIS;
    do {
      everybodyIsAContact();
      agenda.runUntil(agenda.now() + STEP_MILLIS);
    } while (agenda.now() < until && !Rest.reached(this));
    new Rest(this).check();
  }

  private void begin() {
    for (Device device : devices) {
      Identity identity = device.identity;
      relay
          .disk
          .store
          .directory()
          .register(
              new Registration(
                  device.user(),
                  identity.account().publicKey(),
                  device.address().device(),
                  Bytes.of(identity.record().toBytes()),
                  null),
              Clock.START);
    }
    relay.start();
    devices.forEach(Device::start);
    agenda.runUntil(2_000);
    relay.disk.backUp();
  }

  /** Whoever was written to answers, so that receipts go back. */
  private void everybodyIsAContact() {
    for (Device device : devices) {
      if (!device.running() || device.disk.stopped()) {
        continue;
      }
      for (PeerStore.ContactRow row : device.disk.look(PeerStore.Tx::contacts)) {
        if (!row.marks().contact()) {
          device.on(new PeerInput.Decide(row.user(), PeerInput.Decide.Decision.ADD));
        }
      }
    }
  }
}
