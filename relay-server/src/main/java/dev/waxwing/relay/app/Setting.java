package dev.waxwing.relay.app;

import java.util.Locale;

/**
 * Everything that can be set, once: the key in {@code relay.json} is the flag without its dashes,
 * and the environment variable is the same in capitals after {@code WAXWING_RELAY_}.
 */
enum Setting {
  DIR("dir", "DIR", "where the relay keeps its data; keys lie in keys/ inside it"),
  CONFIG("config", "FILE", "the configuration file; default relay.json in the directory"),
  HOST("host", "HOST", "listen on this address only; default all interfaces"),
  PORT("port", "PORT", "listen on this port; default 7380, 0 picks a free one"),
  ADDRESS("address", "HOST[:PORT]", "put into invites, may be repeated; default this host's own"),
  NAME("name", "NAME", "what people see this relay called; default the host's name"),
  REGISTRATION("registration", "invite|open", "who may register; default invite"),
  DIRECTORY(
      "directory", "open|contacts", "who is listed to whom: everyone, or mutual contacts only"),
  HUB_PASSWORD_FILE(
      "hub-password-file", "FILE", "ask newcomers for the password in this file; kept as a hash"),
  MAX_CLIENTS("max-clients", "N", "most devices logged in at once; default 10000"),
  MAX_PER_ADDRESS("max-per-address", "N", "most connections from one address; default 256"),
  MAIL_QUOTA("mail-quota", "SIZE", "most mail kept for one person; default 256MiB"),
  BLOB_QUOTA("blob-quota", "SIZE", "most file data kept for one sender; default 10GiB"),
  BLOB_COUNT("blob-count", "N", "most unfinished files of one sender; default 1000"),
  BLOB_WINDOW("blob-window", "SIZE", "most of one file kept in memory; default 32MiB"),
  BLOB_MEMORY("blob-memory", "SIZE", "most of all files kept in memory; default 96MiB"),
  MESSAGE_RATE("message-rate", "N", "messages a second of one person; default 200"),
  LOOKUP_RATE("lookup-rate", "N", "key lookups a second of one person; default 1"),
  LOGIN_RATE("login-rate", "N", "logins a second from one address; default 2"),
  CERTIFICATE("certificate", "FILE", "your own certificate chain, PEM; read again when it changes"),
  KEY("key", "FILE", "the certificate's private key, PEM, PKCS #8"),
  PUBLIC_HOST("public-host", "NAME", "the name people reach, where a proxy in front ends TLS"),
  METRICS("metrics", "local|open", "who may read /metrics: this machine only, or everybody"),
  LOG_FORMAT("log-format", "text|json", "how log lines are written; default text"),
  LOG_LEVEL("log-level", "LEVEL", "error, warn, info or debug; default info"),
  LOG_FILE("log-file", "FILE", "write the log here, in turns of 16 MiB; default standard error");

  private final String key;
  private final String form;
  private final String help;

  Setting(String key, String form, String help) {
    this.key = key;
    this.form = form;
    this.help = help;
  }

  /** Its name in the file. */
  String key() {
    return key;
  }

  /** Its flag. */
  String flag() {
    return "--" + key;
  }

  /** Its environment variable. */
  String variable() {
    return "WAXWING_RELAY_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** What its value looks like, for help. */
  String form() {
    return form;
  }

  /** What it means, for help. */
  String help() {
    return help;
  }

  /** Whether it may be given several times, or as a list. */
  boolean repeatable() {
    return this == ADDRESS;
  }
}
