package dev.waxwing.peer.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags every command takes; {@link Usage} lists them, so they are hidden here. */
final class Globals {
  @Option(names = "--home", paramLabel = "DIR", hidden = true)
  @Nullable String home;

  @Option(names = "--passphrase-file", paramLabel = "FILE", hidden = true)
  @Nullable String passphraseFile;

  @Option(names = "--json", hidden = true)
  boolean json;

  @Option(names = "--no-input", hidden = true)
  boolean noInput;

  @Option(
      names = {"-y", "--yes"},
      hidden = true)
  boolean yes;

  @Option(
      names = {"-q", "--quiet"},
      hidden = true)
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      hidden = true)
  boolean verbose;

  @Option(names = "--color", paramLabel = "WHEN", hidden = true)
  When color = When.AUTO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      hidden = true)
  boolean help;

  /** When colours are used. */
  enum When {
    AUTO,
    ALWAYS,
    NEVER
  }
}
