package dev.waxwing.simulation;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import java.util.HashSet;
import java.util.Set;

/** An AEAD that remembers every key and nonce it sealed under. */
final class NonceWatch implements Aead {
  private final Aead real;
  private final Story story;
  private final Set<Bytes> used = new HashSet<>();

  NonceWatch(Aead real, Story story) {
    this.real = real;
    this.story = story;
  }

  @Override
  public Keyed keyed(Secret key) {
    Bytes name = Bytes.of(key.exposeCopy());
    Keyed cipher = real.keyed(key);
    return new Keyed() {
      @Override
      public int seal(
          byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
        story.demand(
            used.add(name.concat(Bytes.of(nonce))),
            Promise.RATCHET,
            "a key and a nonce sealed twice");
        return cipher.seal(nonce, aad, in, inFrom, length, out, outFrom);
      }

      @Override
      public int open(
          byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
        return cipher.open(nonce, aad, in, inFrom, length, out, outFrom);
      }

      @Override
      public void close() {
        cipher.close();
      }
    };
  }

  @Override
  public String provider() {
    return real.provider();
  }
}
