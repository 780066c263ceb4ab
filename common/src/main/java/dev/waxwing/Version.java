package dev.waxwing;

/** The version of the running build. */
public final class Version {
  private Version() {}

  /** From the manifest of the jar this class came in; "development" in a class folder. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
