package dev.waxwing.peer.files;

import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** What an {@link IOException} of the disk means to a transfer. */
final class DiskFault {
  /**
   * Below this many free bytes a failed write is taken for a full disk, whatever the system says.
   */
  private static final long NEARLY_NOTHING = 65_536;

  private DiskFault() {}

  /** FILE_NOT_FOUND or FILE_UNREADABLE. */
  static Fault reading(Path path, IOException e) {
    return e instanceof NoSuchFileException
        ? new Fault(FaultCode.FILE_NOT_FOUND, show(path) + " is not there", e)
        : new Fault(FaultCode.FILE_UNREADABLE, show(path) + " cannot be read", e);
  }

  /** DISK_FULL or TARGET_UNWRITABLE. */
  static Fault writing(Path path, IOException e) {
    return isFull(path, e)
        ? new Fault(FaultCode.DISK_FULL, "no room left for " + show(path), e)
        : new Fault(FaultCode.TARGET_UNWRITABLE, show(path) + " cannot be written", e);
  }

  static Fault changed(Path path) {
    return new Fault(FaultCode.FILE_CHANGED, show(path) + " is not what it was");
  }

  static String show(Path path) {
    return TerminalText.escape(path.toString());
  }

  /** Java has no error number: the texts are those of Linux, macOS and Windows, in English. */
  private static boolean isFull(Path path, IOException e) {
    String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (why.contains("no space left")
        || why.contains("not enough space")
        || why.contains("quota exceeded")) {
      return true;
    }
    try {
      Path folder = path.toAbsolutePath().getParent();
      return folder != null && Files.getFileStore(folder).getUsableSpace() < NEARLY_NOTHING;
    } catch (IOException unknown) {
      return false;
    }
  }
}
