package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path temp;

  @Test
  void anIdentityIsWrittenOnceAndReadBack() {
    Signing signing = Suite.wx1().signing();
    Path keys = temp.resolve("keys");
    Signing.Pair made = RelayIdentity.create(keys, signing, seed());
    assertEquals(made.publicKey(), RelayIdentity.load(keys, signing).publicKey());
    Fault again = assertThrows(Fault.class, () -> RelayIdentity.create(keys, signing, seed()));
    assertEquals(FaultCode.ALREADY_JOINED, again.code());
  }

  @Test
  void anIdentityOthersMayReadIsRefused() throws Exception {
    Signing signing = Suite.wx1().signing();
    RelayIdentity.create(temp.resolve("keys"), signing, seed());
    Files.setPosixFilePermissions(
        temp.resolve("keys/relay-identity"), PosixFilePermissions.fromString("rw-r--r--"));
    Fault fault =
        assertThrows(Fault.class, () -> RelayIdentity.load(temp.resolve("keys"), signing));
    assertEquals(FaultCode.PERMISSIONS_OPEN, fault.code());
  }

  @Test
  void aDamagedIdentityIsRefusedAndNotReplaced() throws Exception {
    Signing signing = Suite.wx1().signing();
    Path file = temp.resolve("keys/relay-identity");
    RelayIdentity.create(temp.resolve("keys"), signing, seed());
    String whole = Files.readString(file);
    for (String damaged : List.of("", whole.substring(0, whole.length() - 5), "x" + whole)) {
      Files.writeString(file, damaged);
      Fault fault =
          assertThrows(Fault.class, () -> RelayIdentity.load(temp.resolve("keys"), signing));
      assertEquals(FaultCode.PROFILE_CORRUPT, fault.code());
      assertEquals(damaged, Files.readString(file));
    }
  }

  @Test
  void theSelfSignedCertificateNamesItsHostsAndIsForItsOwnerAlone() throws Exception {
    CertificateFiles files = certificate("a");
    ServedCertificate served = Certificates.load(files);
    X509Certificate parsed = served.chain().get(0);
    assertEquals("EC", parsed.getPublicKey().getAlgorithm());
    List<String> names = new ArrayList<>();
    parsed.getSubjectAlternativeNames().forEach(name -> names.add(String.valueOf(name.get(1))));
    assertTrue(names.containsAll(List.of("relay.example", "10.1.2.3", "localhost")), "" + names);
    parsed.checkValidity(java.util.Date.from(NOW));
    assertEquals(
        Bytes.of(MessageDigest.getInstance("SHA-256").digest(parsed.getPublicKey().getEncoded())),
        served.publicKeyHash());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files.key())));
    assertFalse(served.toString().contains("PRIVATE"));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    CertificateFiles mixed = new CertificateFiles(certificate("a").chain(), certificate("b").key());
    Fault fault = assertThrows(Fault.class, () -> Certificates.load(mixed));
    assertEquals(FaultCode.CERTIFICATE_INVALID, fault.code());
  }

  @Test
  void damagedPemIsRefused() throws Exception {
    CertificateFiles files = certificate("a");
    String chain = Files.readString(files.chain());
    String key = Files.readString(files.key());
    for (String damaged : List.of("", "nonsense", chain.substring(0, chain.length() / 2))) {
      Files.writeString(files.chain(), damaged);
      assertEquals(
          FaultCode.CERTIFICATE_INVALID,
          assertThrows(Fault.class, () -> Certificates.load(files)).code());
    }
    Files.writeString(files.chain(), chain);
    for (String damaged :
        List.of("", key.substring(0, key.length() / 2), key.replace("PRIVATE", "EC PRIVATE"))) {
      Files.writeString(files.key(), damaged);
      assertEquals(
          FaultCode.CERTIFICATE_INVALID,
          assertThrows(Fault.class, () -> Certificates.load(files)).code());
    }
  }

  @Test
  void aChangedCertificateIsHandedOnAndABadOneIsNot() throws Exception {
    CertificateFiles files = certificate("a");
    List<ServedCertificate> used = new ArrayList<>();
    CertificateWatch watch = new CertificateWatch(files, used::add);
    watch.look();
    assertEquals(0, used.size());
    Files.writeString(files.chain(), "half a fi");
    watch.look();
    watch.look();
    assertEquals(0, used.size());
    CertificateFiles next = certificate("b");
    Files.copy(next.chain(), files.chain(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(files.chain(), FileTime.from(NOW));
    watch.look();
    assertEquals(List.of(Certificates.load(next)), used);
  }

  @Test
  void theHubPasswordIsKeptAsAHashThatAcceptsOnlyIt() throws Exception {
    Path clear = Files.writeString(temp.resolve("clear"), "correct horse\n");
    Path keys = temp.resolve("keys");
    HubPassword.keep(keys, clear, Suite.wx1().passwordHash(), new byte[16]);
    String kept = Files.readString(keys.resolve("hub-password"));
    assertFalse(kept.contains("horse"));
    HubPassword password = HubPassword.load(keys).orElseThrow();
    assertTrue(password.accepts("correct horse", Suite.wx1().passwordHash()));
    assertFalse(password.accepts("correct horsf", Suite.wx1().passwordHash()));
    assertFalse(password.accepts("", Suite.wx1().passwordHash()));
    Files.writeString(keys.resolve("hub-password"), kept.replace("65536", "64"));
    assertEquals(
        FaultCode.PROFILE_CORRUPT, assertThrows(Fault.class, () -> HubPassword.load(keys)).code());
  }

  private CertificateFiles certificate(String name) {
    CertificateFiles files =
        new CertificateFiles(temp.resolve(name + ".pem"), temp.resolve(name + ".key"));
    SelfSigned.create(files, List.of("relay.example", "10.1.2.3"), NOW);
    return files;
  }

  private static byte[] seed() {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) 7);
    return seed;
  }
}
