package dev.waxwing.relay.app;

import java.nio.file.Path;

/**
 * A certificate as two PEM files.
 *
 * @param chain the certificate, followed by those that lead to its authority
 * @param key its private key, PKCS #8
 */
record CertificateFiles(Path chain, Path key) {}
