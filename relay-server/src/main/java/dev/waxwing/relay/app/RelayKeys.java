package dev.waxwing.relay.app;

import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.local.PrivateFiles;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.net.ServedCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything in the keys folder, read or made.
 *
 * @param identity the relay's long-term key
 * @param files the certificate served: the operator's, else the self-signed one
 * @param certificate what is in those files
 * @param password the hub password's hash, if one is asked for
 * @param fresh whether the identity was made just now
 */
record RelayKeys(
    Signing.Pair identity,
    CertificateFiles files,
    ServedCertificate certificate,
    Optional<HubPassword> password,
    boolean fresh) {

  /** Reads the keys and makes those that are missing. The caller holds the data folder's lock. */
  static RelayKeys readOrMake(RelayConfig config, Instant now) {
    Path keys = PrivateFiles.closedDirectory(config.places().keys());
    boolean fresh = !RelayIdentity.exists(keys);
    Signing signing = Suite.wx1().signing();
    Signing.Pair identity =
        fresh ? RelayIdentity.create(keys, signing, random(32)) : RelayIdentity.load(keys, signing);
    CertificateFiles files = config.security().own().orElseGet(() -> selfSigned(config, keys, now));
    Optional<HubPassword> password =
        config
            .security()
            .hubPassword()
            .map(file -> HubPassword.keep(keys, file, Suite.wx1().passwordHash(), random(16)))
            .or(() -> HubPassword.load(keys));
    return new RelayKeys(identity, files, Certificates.load(files), password, fresh);
  }

  /** The rules with the hub password in them. */
  Policy policy(Policy configured) {
    if (password.isEmpty()) {
      return configured;
    }
    Policy.Registration registration =
        configured.registration().inviteNeeded()
            ? Policy.Registration.INVITE_AND_PASSWORD
            : Policy.Registration.PASSWORD;
    return new Policy(
        configured.name(), registration, configured.visibility(), configured.limits());
  }

  private static CertificateFiles selfSigned(RelayConfig config, Path keys, Instant now) {
    CertificateFiles files = Certificates.selfSigned(keys);
    if (!Files.exists(files.chain()) || !Files.exists(files.key())) {
      List<String> hosts = new ArrayList<>(HostAddresses.lan());
      for (String address : config.listen().addresses()) {
        hosts.add(address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", ""));
      }
      SelfSigned.create(files, hosts, now);
    }
    PrivateFiles.requirePrivate(files.key());
    return files;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
