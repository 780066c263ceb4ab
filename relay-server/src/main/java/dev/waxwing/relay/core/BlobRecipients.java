package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The devices a blob is for, and how far each is. */
final class BlobRecipients {
  /** One device. */
  static final class Recipient {
    final Address device;
    RecipientState state;
    @Nullable BlobReader reader;
    boolean leaving;
    private long held;
    private boolean known;
    private long progressAt;
    private long absentSince;

    Recipient(Address device, RecipientState state, long held, long now) {
      this.device = device;
      this.state = state;
      this.held = held;
      this.progressAt = now;
      this.absentSince = now;
    }

    boolean active() {
      return state == RecipientState.ACTIVE;
    }

    /** Every part below is on this device's own disk. */
    long held() {
      return held;
    }

    /** When it last held more than before. */
    long progressAt() {
      return progressAt;
    }

    /** Since when it has had no reader. */
    long absentSince() {
      return absentSince;
    }

    /** It says where it wants to go on. */
    void states(long from, long now) {
      held = from;
      known = true;
      progressAt = now;
    }

    void holds(long upTo, long now) {
      if (upTo > held) {
        held = upTo;
        progressAt = now;
      }
    }

    void readerGone(long now) {
      reader = null;
      absentSince = now;
    }
  }

  private final Map<Address, Recipient> byDevice = new TreeMap<>();

  /** Everybody, holding what lies before the first part on disk: else it would be on disk. */
  BlobRecipients(Map<Address, RecipientState> states, long held, long now) {
    states.forEach(
        (device, state) -> byDevice.put(device, new Recipient(device, state, held, now)));
  }

  @Nullable Recipient find(Address device) {
    return byDevice.get(device);
  }

  Collection<Recipient> all() {
    return byDevice.values();
  }

  List<Recipient> active() {
    List<Recipient> active = new ArrayList<>();
    for (Recipient recipient : byDevice.values()) {
      if (recipient.active()) {
        active.add(recipient);
      }
    }
    return active;
  }

  boolean anyActive() {
    return byDevice.values().stream().anyMatch(Recipient::active);
  }

  boolean anyReader() {
    return byDevice.values().stream().anyMatch(one -> one.reader != null);
  }

  boolean anyDone() {
    return byDevice.values().stream().anyMatch(one -> one.state == RecipientState.DONE);
  }

  /** The least prefix that every active recipient holds; everything when there is none. */
  long heldByAll() {
    long least = Long.MAX_VALUE;
    for (Recipient recipient : byDevice.values()) {
      if (recipient.active()) {
        least = Math.min(least, recipient.held);
      }
    }
    return least;
  }

  /** Whether every active recipient has said since the start of the relay how far it is. */
  boolean allKnown() {
    return byDevice.values().stream().allMatch(one -> !one.active() || one.known);
  }
}
