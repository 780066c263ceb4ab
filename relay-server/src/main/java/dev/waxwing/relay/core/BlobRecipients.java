package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The devices a blob is for, and how far each is. */
final class BlobRecipients {
  /** One device. */
  final class Recipient {
    final Address device;
    boolean leaving;
    private RecipientState state;
    private @Nullable BlobReader reader;
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

    RecipientState state() {
      return state;
    }

    void becomes(RecipientState next) {
      active += (next == RecipientState.ACTIVE ? 1 : 0) - (active() ? 1 : 0);
      state = next;
      least = NOT_KNOWN;
    }

    /** Where its connection is; null when it has none. */
    @Nullable BlobReader reader() {
      return reader;
    }

    void reads(BlobReader next) {
      noReader();
      reader = next;
      reading.put(next.session, this);
    }

    private void noReader() {
      if (reader != null) {
        reading.remove(reader.session);
        reader = null;
      }
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
      least = NOT_KNOWN;
      known = true;
      progressAt = now;
    }

    void holds(long upTo, long now) {
      if (upTo > held) {
        held = upTo;
        least = NOT_KNOWN;
        progressAt = now;
      }
    }

    void readerGone(long now) {
      noReader();
      absentSince = now;
    }
  }

  private static final long NOT_KNOWN = -1;

  private final Map<Address, Recipient> byDevice = new TreeMap<>();
  private final Map<Session, Recipient> reading = new LinkedHashMap<>();
  private int active;

  /** What {@link #heldByAll} says, or NOT_KNOWN: it is asked for far more often than it changes. */
  private long least = NOT_KNOWN;

  /** Everybody, holding what lies before the first part on disk: else it would be on disk. */
  BlobRecipients(Map<Address, RecipientState> states, long held, long now) {
    states.forEach(
        (device, state) -> {
          byDevice.put(device, new Recipient(device, state, held, now));
          active += state == RecipientState.ACTIVE ? 1 : 0;
        });
  }

  @Nullable Recipient find(Address device) {
    return byDevice.get(device);
  }

  int count() {
    return byDevice.size();
  }

  /** Those with a connection that reads. */
  List<Recipient> reading() {
    return List.copyOf(reading.values());
  }

  /** Whose reader this connection is. */
  @Nullable Recipient readingOn(Session session) {
    return reading.get(session);
  }

  List<Recipient> active() {
    List<Recipient> found = new ArrayList<>();
    for (Recipient recipient : byDevice.values()) {
      if (recipient.active()) {
        found.add(recipient);
      }
    }
    return found;
  }

  boolean anyActive() {
    return active > 0;
  }

  boolean anyReader() {
    return !reading.isEmpty();
  }

  boolean anyDone() {
    return byDevice.values().stream().anyMatch(one -> one.state == RecipientState.DONE);
  }

  /** Whether somebody has it and nobody else is to get it, now or from a copy of their own. */
  boolean nobodyLeft() {
    return anyDone()
        && byDevice.values().stream()
            .noneMatch(one -> one.active() || one.state == RecipientState.DETACHED);
  }

  /** The least prefix that every active recipient holds; everything when there is none. */
  long heldByAll() {
    if (least == NOT_KNOWN) {
      least = Long.MAX_VALUE;
      for (Recipient recipient : byDevice.values()) {
        if (recipient.active()) {
          least = Math.min(least, recipient.held);
        }
      }
    }
    return least;
  }

  /** Whether every active recipient has said since the start of the relay how far it is. */
  boolean allKnown() {
    return byDevice.values().stream().allMatch(one -> !one.active() || one.known);
  }
}
