package dev.waxwing.crypto;

/** HKDF-SHA256 (RFC 5869) and HMAC-SHA256 (RFC 2104). Thread-safe. */
public interface Kdf {
  /** Extract and expand, {@code length} bytes, at most 8160. */
  Secret hkdf(byte[] salt, Secret inputKey, byte[] info, int length);

  /** One HMAC over {@code message}. */
  byte[] hmac(Secret key, byte[] message);

  /** The provider's name, for the log. */
  String provider();
}
