package dev.waxwing.peer.files;

import dev.waxwing.text.TerminalText;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/**
 * Names from strangers made safe to create on any common file system: one segment, no separator, no
 * device, no stream, nothing that hides or acts. Total: every text has a safe name.
 */
public final class SafeName {
  /**
   * Longest name in bytes of UTF-8: file systems take 255, and suffixes like {@code " (2)"} and
   * {@code ".tar.part.leaves"} must fit behind it.
   */
  public static final int LIMIT = 220;

  private static final int LONGEST_EXTENSION = 20;
  private static final Set<String> DEVICES =
      Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$");

  private SafeName() {}

  /** The safe name of what a sender calls a file: its last segment, never hidden. */
  public static String of(String remote) {
    int cut = Math.max(remote.lastIndexOf('/'), remote.lastIndexOf('\\'));
    String last = remote.substring(cut + 1);
    if (last.length() > 2 && last.charAt(1) == ':' && isLetter(last.charAt(0))) {
      last = last.substring(2);
    }
    String name = segment(last);
    return name.startsWith(".") ? cut("_" + name) : name;
  }

  /** The safe name of one segment inside a received folder, where a leading dot may stay. */
  public static String segment(String remote) {
    StringBuilder out = new StringBuilder(remote.length());
    Normalizer.normalize(remote, Normalizer.Form.NFC)
        .codePoints()
        .forEach(c -> out.appendCodePoint(isUnsafe(c) ? '_' : c));
    String name = trimEnd(out.toString().stripLeading());
    if (name.isEmpty()) {
      return "file";
    }
    name = trimEnd(cut(name));
    return isDevice(name) ? "_" + name : name;
  }

  /** {@code name (n).ext}, the name for the n-th of a kind; n from 2. */
  public static String numbered(String name, int n) {
    int dot = extensionStart(name);
    String mark = " (" + n + ")";
    return cut(name.substring(0, dot), LIMIT - utf8(name.substring(dot)) - mark.length())
        + mark
        + name.substring(dot);
  }

  /** Equal for two names that some file system takes for one: case and composition do not count. */
  public static String twinKey(String name) {
    return Normalizer.normalize(
        name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  /**
   * The name inside the folder; where the file system cannot write one of its characters (a POSIX
   * locale without UTF-8), everything beyond ASCII becomes an underscore.
   */
  static Path in(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      return folder.resolve(name.replaceAll("[^\\x20-\\x7e]", "_"));
    }
  }

  private static boolean isUnsafe(int c) {
    return TerminalText.acts(c) || "/\\:*?\"<>|\ufffd".indexOf(c) >= 0;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  /** Windows drops dots and spaces at the end, and so would find another file. */
  private static String trimEnd(String name) {
    int end = name.length();
    while (end > 0
        && (name.charAt(end - 1) == '.' || Character.isWhitespace(name.charAt(end - 1)))) {
      end--;
    }
    return name.substring(0, end);
  }

  /** Whether Windows takes the name for a device, whatever its extension. */
  private static boolean isDevice(String name) {
    int dot = name.indexOf('.');
    String base =
        (dot < 0 ? name : name.substring(0, dot)).stripTrailing().toUpperCase(Locale.ROOT);
    return DEVICES.contains(base)
        || base.length() == 4
            && (base.startsWith("COM") || base.startsWith("LPT"))
            && "0123456789\u00b9\u00b2\u00b3".indexOf(base.charAt(3)) >= 0;
  }

  private static String cut(String name) {
    if (utf8(name) <= LIMIT) {
      return name;
    }
    int dot = extensionStart(name);
    String extension = name.substring(dot);
    return trimEnd(cut(name.substring(0, dot), LIMIT - utf8(extension))) + extension;
  }

  /** Cuts to a number of bytes, between code points. */
  private static String cut(String text, int bytes) {
    int end = text.length();
    while (utf8(text.substring(0, end)) > bytes) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }

  private static int extensionStart(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && utf8(name.substring(dot)) <= LONGEST_EXTENSION ? dot : name.length();
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
