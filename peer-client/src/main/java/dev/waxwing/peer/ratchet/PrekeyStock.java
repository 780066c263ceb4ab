package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Batch;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.message.Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The private halves a device has, and when to make and to drop some (PROTOCOL.md, "Prekeys").
 * Immutable.
 *
 * @param keys of all kinds, in any order
 * @param nextId above every id ever used, of whatever kind; stored by the caller, since the keys
 *     with the highest ids may be gone
 */
public record PrekeyStock(List<PrekeySecret> keys, long nextId) {
  /** A device that has none yet. */
  public static final PrekeyStock EMPTY = new PrekeyStock(List.of(), 0);

  /** Copies the list. */
  public PrekeyStock {
    keys = List.copyOf(keys);
  }

  /**
   * What the relay still holds of this device.
   *
   * @param oneTime one-time X25519 keys
   * @param oneTimeKem one-time ML-KEM keys
   */
  public record AtRelay(int oneTime, int oneTimeKem) {
    /** Nothing: a new device, or a relay that lost them. */
    public static final AtRelay NOTHING = new AtRelay(0, 0);
  }

  /**
   * What is due.
   *
   * @param create kinds to make, one entry for each key
   * @param drop keys to delete for good
   */
  public record Plan(List<Kind> create, List<PrekeyRef> drop) {
    /** Copies the lists. */
    public Plan {
      create = List.copyOf(create);
      drop = List.copyOf(drop);
    }

    /** Bytes of randomness {@link PrekeyStock#carryOut} needs. */
    public int randomBytes() {
      return create.stream().mapToInt(PrekeySecret::secretLength).sum();
    }

    /** Whether nothing is due. */
    public boolean isEmpty() {
      return create.isEmpty() && drop.isEmpty();
    }
  }

  /**
   * A plan carried out: one transaction, stored before {@link #batch} is published.
   *
   * @param stock what there is afterwards
   * @param created rows to add
   * @param dropped rows to delete; with a signed prekey goes what was remembered for it
   */
  public record Change(PrekeyStock stock, List<PrekeySecret> created, List<PrekeyRef> dropped) {

    /** The public halves of what was created. */
    public Batch batch(Suite suite, Signing.Pair device, Address owner) {
      return PrekeyStock.batch(created, suite, device, owner);
    }
  }

  /**
   * The public halves of {@code keys}, at most one signed and one last-resort key among them; also
   * to publish again what was stored when its publication failed.
   */
  public static Batch batch(
      List<PrekeySecret> keys, Suite suite, Signing.Pair device, Address owner) {
    List<Prekey> all = keys.stream().map(key -> key.publish(suite, device, owner)).toList();
    return new Batch(
        all.stream().filter(key -> key.kind() == Kind.SIGNED).findFirst(),
        all.stream().filter(key -> key.kind() == Kind.LAST_RESORT_KEM).findFirst(),
        all.stream().filter(key -> PrekeySecret.isOneTime(key.kind())).toList());
  }

  /**
   * What is due now: signed and last-resort keys after {@link RatchetLimits#ROTATE_PREKEY},
   * one-time keys when fewer than {@link Prekeys#LOW} are left.
   */
  public Plan plan(AtRelay left, long now) {
    List<Kind> create = new ArrayList<>();
    for (Kind kind : List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM)) {
      Optional<PrekeySecret> newest = newestFirst(kind).stream().findFirst();
      // A key from the future was made under a wrong clock; it would never rotate.
      if (newest.isEmpty()
          || now - newest.get().created() >= RatchetLimits.ROTATE_PREKEY
          || newest.get().created() > now + RatchetLimits.ROTATE_PREKEY) {
        create.add(kind);
      }
    }
    refill(create, Kind.ONE_TIME, left.oneTime());
    refill(create, Kind.ONE_TIME_KEM, left.oneTimeKem());
    return new Plan(create, drops(create, now));
  }

  /**
   * Everything anew, for a relay that was restored (a new mailbox epoch): what it holds may have
   * been handed out before. To be published with {@code replace}.
   */
  public Plan planAfresh(long now) {
    List<Kind> create = new ArrayList<>(List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM));
    refill(create, Kind.ONE_TIME, 0);
    refill(create, Kind.ONE_TIME_KEM, 0);
    return new Plan(create, drops(create, now));
  }

  /**
   * Makes and drops what the plan says.
   *
   * @param random {@link Plan#randomBytes} random bytes
   */
  public Change carryOut(Plan plan, Secret random, long now) {
    if (random.length() != plan.randomBytes()) {
      throw new IllegalArgumentException("wrong amount of randomness for prekeys");
    }
    List<PrekeySecret> created = new ArrayList<>();
    long id = nextId;
    int from = 0;
    for (Kind kind : plan.create()) {
      int start = from;
      int length = PrekeySecret.secretLength(kind);
      Secret secret = random.use(bytes -> Secret.copyOf(bytes, start, length));
      created.add(new PrekeySecret(new PrekeyRef(kind, id), now, secret));
      from += length;
      id++;
    }
    List<PrekeySecret> after =
        new ArrayList<>(keys.stream().filter(key -> !plan.drop().contains(key.ref())).toList());
    after.addAll(created);
    return new Change(new PrekeyStock(after, id), List.copyOf(created), plan.drop());
  }

  private static void refill(List<Kind> create, Kind kind, int left) {
    if (left < Prekeys.LOW) {
      create.addAll(Collections.nCopies(full(kind) - Math.max(0, left), kind));
    }
  }

  /** Replaced keys past their time, and the oldest one-time keys above what is kept at most. */
  private List<PrekeyRef> drops(List<Kind> create, long now) {
    List<PrekeyRef> drop = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<PrekeySecret> newest = newestFirst(kind);
      if (PrekeySecret.isOneTime(kind)) {
        int added = Collections.frequency(create, kind);
        int room = RatchetLimits.KEPT_ONE_TIME_FACTOR * full(kind) - added;
        newest.stream().skip(room).map(PrekeySecret::ref).forEach(drop::add);
      } else {
        for (int i = 1; i < newest.size(); i++) {
          if (now - newest.get(i - 1).created() >= RatchetLimits.KEEP_PREKEY) {
            drop.add(newest.get(i).ref());
          }
        }
      }
    }
    return drop;
  }

  private static int full(Kind kind) {
    return kind == Kind.ONE_TIME ? Prekeys.ONE_TIME : Prekeys.ONE_TIME_KEM;
  }

  private List<PrekeySecret> newestFirst(Kind kind) {
    return keys.stream()
        .filter(key -> key.ref().kind() == kind)
        .sorted(Comparator.comparingLong((PrekeySecret key) -> key.ref().id()).reversed())
        .toList();
  }
}
