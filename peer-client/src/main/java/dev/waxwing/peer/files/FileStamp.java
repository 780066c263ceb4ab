package dev.waxwing.peer.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What tells whether a file is still the one that was offered.
 *
 * @param size in bytes
 * @param modified nanoseconds since 1970
 * @param fileKey the file's number in its file system, or empty where there is none
 */
public record FileStamp(long size, long modified, String fileKey) {

  /** The stamp of what lies at {@code path}; a link is not followed. */
  static FileStamp of(Path path) throws IOException {
    return of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
  }

  static FileStamp of(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    String text = key == null ? "" : key.toString();
    // "(dev=fe01,ino=1234)": the device's number may change when the machine restarts.
    int inode = text.indexOf("ino=");
    return new FileStamp(
        attributes.isDirectory() ? 0 : attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        inode < 0 ? text : text.substring(inode));
  }
}
