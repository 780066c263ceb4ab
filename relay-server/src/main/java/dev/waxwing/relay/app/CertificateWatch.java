package dev.waxwing.relay.app;

import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.net.RelayLog;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/**
 * Looks whether the certificate's files have changed, and if so reads them and hands them on. Files
 * that cannot be used are logged once for each change, and the certificate served stays. One
 * thread.
 */
final class CertificateWatch {
  private final CertificateFiles files;
  private final Consumer<ServedCertificate> use;
  private String seen;

  CertificateWatch(CertificateFiles files, Consumer<ServedCertificate> use) {
    this.files = files;
    this.use = use;
    this.seen = stamp();
  }

  /** Looks once; every few seconds is often enough. */
  void look() {
    String stamp = stamp();
    if (stamp.equals(seen)) {
      return;
    }
    try {
      ServedCertificate next = Certificates.load(files);
      use.accept(next);
      RelayLog.log(
          Category.OPERATOR,
          Level.INFO,
          "certificate-reloaded",
          Map.of("expires", next.expires().toString()));
    } catch (Fault fault) {
      RelayLog.log(
          Category.OPERATOR,
          Level.ERROR,
          "certificate-refused",
          Map.of("cause", fault.what(), "code", fault.code().name()));
    }
    seen = stamp;
  }

  private String stamp() {
    return stamp(files.chain()) + " " + stamp(files.key());
  }

  /** Time, size and file identity: a replaced file differs in one of them. */
  private static String stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis()
          + "/"
          + Files.size(file)
          + "/"
          + Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return "missing";
    }
  }
}
