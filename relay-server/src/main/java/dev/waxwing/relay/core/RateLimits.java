package dev.waxwing.relay.core;

import java.util.HashMap;
import java.util.Map;

/**
 * Token buckets by what is done and who does it. A full bucket says nothing and is forgotten when
 * there are too many; when all say something, the answer is no.
 */
final class RateLimits {
  static final int MOST_BUCKETS = 200_000;

  private static final long BETWEEN_SWEEPS_MILLIS = 1000;

  private final Map<Key, Bucket> buckets = new HashMap<>();
  private long sweptAt = Long.MIN_VALUE / 2;

  /** What is limited. */
  enum Act {
    ATTEMPT,
    SEND,
    FETCH_BUNDLES,
    LOOK_UP,
    PUBLISH,
    WHO,
    CREATE_BLOB,
    CHANGE_BLOB
  }

  private record Key(Act act, String who) {}

  private static final class Bucket {
    private double tokens;
    private long filledAt;
    private Policy.Rate rate;

    Bucket(Policy.Rate rate, long filledAt) {
      this.tokens = rate.burst();
      this.rate = rate;
      this.filledAt = filledAt;
    }

    void fill(Policy.Rate now, long nowMillis) {
      tokens = Math.min(now.burst(), tokens + now.perSecond() * (nowMillis - filledAt) / 1000.0);
      rate = now;
      filledAt = nowMillis;
    }

    boolean full(long nowMillis) {
      return tokens + rate.perSecond() * (nowMillis - filledAt) / 1000.0 >= rate.burst();
    }
  }

  /**
   * Takes a token.
   *
   * @return 0 when there was one, else milliseconds until there is
   */
  long take(Act act, String who, Policy.Rate rate, long now) {
    return take(act, who, rate, 1, now);
  }

  /**
   * Takes tokens, all or none.
   *
   * @param tokens how many; never more than the burst
   * @return 0 when there were as many, else milliseconds until there are
   */
  long take(Act act, String who, Policy.Rate rate, int tokens, long now) {
    Key key = new Key(act, who);
    Bucket bucket = buckets.get(key);
    if (bucket == null) {
      if (buckets.size() >= MOST_BUCKETS && now - sweptAt >= BETWEEN_SWEEPS_MILLIS) {
        sweptAt = now;
        forgetIdle(now);
      }
      if (buckets.size() >= MOST_BUCKETS) {
        return 1000;
      }
      bucket = new Bucket(rate, now);
      buckets.put(key, bucket);
    }
    bucket.fill(rate, now);
    if (bucket.tokens >= tokens) {
      bucket.tokens -= tokens;
      return 0;
    }
    double perSecond = Math.max(rate.perSecond(), 0.001);
    return Math.max(1, (long) Math.ceil((tokens - bucket.tokens) / perSecond * 1000));
  }

  /** Forgets full buckets: a new one would be the same. */
  void forgetIdle(long now) {
    buckets.values().removeIf(bucket -> bucket.full(now));
  }
}
