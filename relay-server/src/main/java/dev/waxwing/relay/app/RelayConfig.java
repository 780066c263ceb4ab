package dev.waxwing.relay.app;

import dev.waxwing.relay.core.Policy;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a relay runs with, all of it checked.
 *
 * @param places where its files lie
 * @param listen where it listens and what invites say
 * @param rules who may do how much
 * @param security certificate, proxy and hub password
 * @param logging how it logs
 */
record RelayConfig(Places places, Listen listen, Rules rules, Security security, Logging logging) {

  /**
   * Where the relay listens.
   *
   * @param host an address, or {@code *} for all interfaces
   * @param port 0 for a free one
   * @param addresses {@code host:port} for invites; empty to find out
   */
  record Listen(String host, int port, List<String> addresses) {}

  /**
   * Who may do how much.
   *
   * @param policy the hub's part, without the hub password
   * @param mailQuota bytes of mail kept for one user
   */
  record Rules(Policy policy, long mailQuota) {}

  /**
   * Certificate, proxy and hub password.
   *
   * @param own the operator's certificate; absent for the self-signed one
   * @param publicHost the name people reach, where a proxy ends TLS
   * @param hubPassword the file the hub password is in
   * @param openMetrics whether others than this machine may read the metrics
   */
  record Security(
      Optional<CertificateFiles> own,
      Optional<String> publicHost,
      Optional<Path> hubPassword,
      boolean openMetrics) {}

  /**
   * How the relay logs.
   *
   * @param json JSON Lines rather than text
   * @param level of our own lines
   * @param file absent for standard error
   */
  record Logging(boolean json, Level level, Optional<Path> file) {}

  /** How much is logged. */
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)(i?B)?");
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s]+)(?::(\\d+))?");
  private static final long DEFAULT_MAIL_QUOTA = 256L << 20;

  /**
   * Gives the settings meaning.
   *
   * @param hostName what to call the relay when nobody named it
   * @throws Fault CONFIG_INVALID, naming everything that is wrong
   */
  static RelayConfig of(Settings settings, String hostName) {
    Reader in = new Reader(settings);
    int port = in.number(Setting.PORT, WireLimits.DEFAULT_PORT, 0, 65_535);
    Listen listen = new Listen(in.text(Setting.HOST, "*"), port, in.addresses(port));
    Rules rules =
        new Rules(
            new Policy(in.name(hostName), in.registration(), in.visibility(), in.limits()),
            in.size(Setting.MAIL_QUOTA, DEFAULT_MAIL_QUOTA));
    Security security =
        new Security(
            in.certificate(),
            in.publicHost(),
            in.path(Setting.HUB_PASSWORD_FILE),
            in.choice(Setting.METRICS, "local", List.of("local", "open")).equals("open"));
    Logging logging =
        new Logging(
            in.choice(Setting.LOG_FORMAT, "text", List.of("text", "json")).equals("json"),
            Level.valueOf(
                in.choice(Setting.LOG_LEVEL, "info", List.of("error", "warn", "info", "debug"))
                    .toUpperCase(Locale.ROOT)),
            in.path(Setting.LOG_FILE));
    in.refuseProblems();
    return new RelayConfig(settings.places(), listen, rules, security, logging);
  }

  /** Reads settings one by one and remembers what is wrong with them. */
  private static final class Reader {
    private final Settings settings;
    private final List<String> problems = new ArrayList<>();

    Reader(Settings settings) {
      this.settings = settings;
    }

    String text(Setting setting, String otherwise) {
      return settings.text(setting).orElse(otherwise);
    }

    Optional<Path> path(Setting setting) {
      return settings
          .text(setting)
          .flatMap(
              text -> {
                try {
                  return Optional.of(Path.of(text).toAbsolutePath());
                } catch (InvalidPathException e) {
                  return wrong(setting, "a path", Optional.empty());
                }
              });
    }

    int number(Setting setting, int otherwise, int least, int most) {
      return settings
          .text(setting)
          .map(
              text -> {
                try {
                  int number = Integer.parseInt(text.strip());
                  if (number >= least && number <= most) {
                    return number;
                  }
                } catch (NumberFormatException e) {
                  // the one refusal below
                }
                return wrong(setting, "a whole number from " + least + " to " + most, otherwise);
              })
          .orElse(otherwise);
    }

    long size(Setting setting, long otherwise) {
      return settings
          .text(setting)
          .map(
              text -> {
                Matcher match = SIZE.matcher(text.strip());
                if (!match.matches()) {
                  return wrong(setting, "a size such as 256MiB", otherwise);
                }
                int shift = 10 * "KMGT".indexOf(match.group(2)) + 10;
                long unit = match.group(2).isEmpty() ? 1 : 1L << shift;
                long count = Long.parseLong(match.group(1));
                return count > Long.MAX_VALUE / 2 / unit
                    ? wrong(setting, "a size such as 256MiB", otherwise)
                    : count * unit;
              })
          .orElse(otherwise);
    }

    String choice(Setting setting, String otherwise, List<String> choices) {
      String text = text(setting, otherwise).toLowerCase(Locale.ROOT);
      return choices.contains(text)
          ? text
          : wrong(setting, String.join(" or ", choices), otherwise);
    }

    String name(String hostName) {
      String name = text(Setting.NAME, hostName);
      return name.isBlank() || name.length() > 64 || !LogText.field(name).equals(name)
          ? wrong(Setting.NAME, "1 to 64 printable characters", hostName)
          : name;
    }

    List<String> addresses(int port) {
      List<String> addresses = new ArrayList<>();
      for (String text :
          settings.get(Setting.ADDRESS).map(Settings.Value::texts).orElse(List.of())) {
        Matcher match = HOST_PORT.matcher(text);
        int given =
            match.matches() && match.group(2) != null && match.group(2).length() < 6
                ? Integer.parseInt(match.group(2))
                : port;
        if (!match.matches() || given > 65_535 || text.length() > 255) {
          wrong(Setting.ADDRESS, "HOST or HOST:PORT", text);
        } else {
          addresses.add(match.group(1) + ":" + given);
        }
      }
      if (addresses.size() > 8) {
        wrong(Setting.ADDRESS, "given at most 8 times", addresses);
      }
      return List.copyOf(addresses);
    }

    Policy.Registration registration() {
      return choice(Setting.REGISTRATION, "invite", List.of("invite", "open")).equals("open")
          ? Policy.Registration.OPEN
          : Policy.Registration.INVITE;
    }

    Policy.Visibility visibility() {
      return choice(Setting.DIRECTORY, "open", List.of("open", "contacts")).equals("open")
          ? Policy.Visibility.OPEN
          : Policy.Visibility.CONTACTS;
    }

    Policy.Limits limits() {
      Policy.Limits usual = Policy.Limits.DEFAULT;
      Policy.Blobs blobs = usual.blobs();
      int perUser = number(Setting.BLOB_COUNT, blobs.perUser(), 1, 1_000_000);
      return new Policy.Limits(
          number(Setting.MAX_CLIENTS, usual.clients(), 1, 1_000_000),
          number(Setting.MAX_PER_ADDRESS, usual.connectionsPerAddress(), 1, 1_000_000),
          rate(Setting.MESSAGE_RATE, usual.messages()),
          rate(Setting.LOOKUP_RATE, usual.bundles()),
          rate(Setting.LOGIN_RATE, usual.attempts()),
          new Policy.Blobs(
              size(Setting.BLOB_QUOTA, blobs.quotaBytes()),
              perUser,
              Math.max(blobs.recipients(), perUser),
              size(Setting.BLOB_WINDOW, blobs.windowBytes()),
              size(Setting.BLOB_MEMORY, blobs.memoryBytes())));
    }

    /** A rate keeps the usual proportion of its burst to its steady part. */
    private Policy.Rate rate(Setting setting, Policy.Rate usual) {
      int perSecond = number(setting, (int) usual.perSecond(), 1, 1_000_000);
      double seconds = usual.burst() / usual.perSecond();
      return new Policy.Rate((int) Math.min(1_000_000, perSecond * seconds), perSecond);
    }

    Optional<CertificateFiles> certificate() {
      Optional<Path> chain = path(Setting.CERTIFICATE);
      Optional<Path> key = path(Setting.KEY);
      if (chain.isPresent() != key.isPresent()) {
        wrong(Setting.CERTIFICATE, "given together with " + Setting.KEY.flag(), "");
      }
      Function<Path, Optional<CertificateFiles>> both =
          file -> key.map(other -> new CertificateFiles(file, other));
      return chain.flatMap(both);
    }

    Optional<String> publicHost() {
      return settings
          .text(Setting.PUBLIC_HOST)
          .map(
              text ->
                  text.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
                      ? text
                      : wrong(Setting.PUBLIC_HOST, "a host name in lower case", text));
    }

    void refuseProblems() {
      if (!problems.isEmpty()) {
        throw new Fault(FaultCode.CONFIG_INVALID, String.join("; ", problems));
      }
    }

    private <T> T wrong(Setting setting, String wanted, T otherwise) {
      String where =
          settings
              .get(setting)
              .map(
                  value ->
                      switch (value.origin()) {
                        case FLAG -> setting.flag();
                        case ENVIRONMENT -> setting.variable();
                        case FILE -> setting.key() + " in " + settings.places().config();
                      })
              .orElse(setting.flag());
      problems.add(where + " must be " + wanted);
      return otherwise;
    }
  }
}
