package dev.waxwing.relay.core;

import java.util.HashMap;
import java.util.Map;

/** Token buckets by what is done and who does it. When there are too many, the answer is no. */
final class RateLimits {
  private static final int MOST_BUCKETS = 200_000;

  private final Map<Key, Bucket> buckets = new HashMap<>();

  /** What is limited. */
  enum Act {
    ATTEMPT,
    SEND,
    FETCH_BUNDLES,
    LOOK_UP
  }

  private record Key(Act act, String who) {}

  private static final class Bucket {
    private double tokens;
    private long filledAt;

    Bucket(double tokens, long filledAt) {
      this.tokens = tokens;
      this.filledAt = filledAt;
    }

    void fill(Policy.Rate rate, long now) {
      tokens = Math.min(rate.burst(), tokens + rate.perSecond() * (now - filledAt) / 1000.0);
      filledAt = now;
    }
  }

  /**
   * Takes a token.
   *
   * @return 0 when there was one, else milliseconds until there is
   */
  long take(Act act, String who, Policy.Rate rate, long now) {
    Key key = new Key(act, who);
    Bucket bucket = buckets.get(key);
    if (bucket == null) {
      if (buckets.size() >= MOST_BUCKETS) {
        return 1000;
      }
      bucket = new Bucket(rate.burst(), now);
      buckets.put(key, bucket);
    }
    bucket.fill(rate, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    double perSecond = Math.max(rate.perSecond(), 0.001);
    return Math.max(1, (long) Math.ceil((1 - bucket.tokens) / perSecond * 1000));
  }

  /**
   * Forgets buckets nobody used for a while; a bucket idle this long is full under any sane rate.
   */
  void forgetIdle(long now) {
    buckets.values().removeIf(bucket -> now - bucket.filledAt > 600_000);
  }
}
