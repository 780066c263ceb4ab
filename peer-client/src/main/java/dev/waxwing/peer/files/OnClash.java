package dev.waxwing.peer.files;

/** What to do when a received file's name is taken. */
public enum OnClash {
  /** Take {@code name (2).ext}, or the next number that is free. */
  RENAME,
  /** Replace the file that is there. A folder is never replaced, but renamed. */
  OVERWRITE,
  /** Leave what is there and keep nothing. */
  SKIP
}
