package dev.waxwing.crypto;

import com.goterl.lazysodium.utils.LibraryLoader;
import com.sun.jna.IntegerType;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.File;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libsodium that WX1 uses, bound directly to the library inside Lazysodium's jar,
 * or to the file named by the system property {@code waxwing.sodium}; never to whatever the system
 * has. Having an instance means that the library is loaded. No function checks a length: callers
 * do. Thread-safe.
 */
final class SodiumLibrary {
  /** System property: path of the libsodium to load instead of the bundled one. */
  static final String PATH_PROPERTY = "waxwing.sodium";

  private static final Once<Loaded> LOADED = new Once<>(SodiumLibrary::load);

  private SodiumLibrary() {}

  /**
   * The library, loaded at the first call.
   *
   * @throws Fault UNAVAILABLE when it cannot be loaded, at every call with the same cause
   */
  static SodiumLibrary get() {
    Loaded loaded = LOADED.get();
    if (loaded.library == null) {
      throw new Fault(FaultCode.UNAVAILABLE, "libsodium cannot be loaded", loaded.failure);
    }
    return loaded.library;
  }

  private static Loaded load() {
    String path = System.getProperty(PATH_PROPERTY);
    try {
      return new Loaded(path == null ? bundled() : bind(new File(path)), null);
    } catch (IOException | RuntimeException | Error e) {
      // JNA throws plain errors too; whatever it was, another provider can do the work.
      return new Loaded(null, e);
    }
  }

  private static SodiumLibrary bundled() throws IOException {
    File copy =
        Native.extractFromResourcePath(
            "/" + LibraryLoader.getSodiumPathInResources(), LibraryLoader.class.getClassLoader());
    SodiumLibrary library = bind(copy);
    // A loaded library needs no file on POSIX systems; elsewhere this fails and JNA deletes it at
    // exit.
    copy.delete();
    return library;
  }

  private static SodiumLibrary bind(File file) {
    Native.register(SodiumLibrary.class, NativeLibrary.getInstance(file.getAbsolutePath()));
    SodiumLibrary library = new SodiumLibrary();
    if (library.sodium_init() < 0) {
      throw new IllegalStateException("sodium_init failed");
    }
    return library;
  }

  native int sodium_init();

  native int crypto_scalarmult(byte[] shared, byte[] secret, byte[] theirs);

  native int crypto_scalarmult_base(byte[] publicKey, byte[] secret);

  native int crypto_sign_seed_keypair(byte[] publicKey, byte[] secret, byte[] seed);

  native int crypto_sign_detached(
      byte[] signature,
      @Nullable Pointer length,
      byte[] message,
      long messageLength,
      byte[] secret);

  native int crypto_sign_verify_detached(
      byte[] signature, byte[] message, long messageLength, byte[] publicKey);

  native int crypto_aead_chacha20poly1305_ietf_encrypt(
      Pointer out,
      @Nullable Pointer outLength,
      Pointer in,
      long inLength,
      byte[] aad,
      long aadLength,
      @Nullable Pointer unused,
      byte[] nonce,
      Pointer key);

  native int crypto_aead_chacha20poly1305_ietf_decrypt(
      Pointer out,
      @Nullable Pointer outLength,
      @Nullable Pointer unused,
      Pointer in,
      long inLength,
      byte[] aad,
      long aadLength,
      byte[] nonce,
      Pointer key);

  native int crypto_pwhash(
      byte[] out,
      long outLength,
      byte[] password,
      long passwordLength,
      byte[] salt,
      long passes,
      SizeT memoryBytes,
      int algorithm);

  /** C's {@code size_t}, which is not a Java {@code long} on every platform. */
  public static final class SizeT extends IntegerType {
    private static final long serialVersionUID = 1L;

    /** Zero; JNA asks for this constructor. */
    public SizeT() {
      this(0);
    }

    SizeT(long value) {
      super(Native.SIZE_T_SIZE, value, true);
    }
  }

  private record Loaded(@Nullable SodiumLibrary library, @Nullable Throwable failure) {}
}
