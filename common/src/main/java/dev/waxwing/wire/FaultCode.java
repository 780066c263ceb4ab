package dev.waxwing.wire;

/**
 * Everything that can go wrong, by name. Programs read the code, people the text beside it; a code,
 * once released, keeps its meaning. The {@link Kind} fixes the exit code of a command.
 */
public enum FaultCode {
  // The wire.
  FRAME_MALFORMED(Kind.FAILED, "update the older of the two programs"),
  FRAME_TOO_LARGE(Kind.LIMIT, "send it as a file"),
  HEADER_TOO_LARGE(Kind.LIMIT, "update the older of the two programs"),
  HEADER_MALFORMED(Kind.FAILED, "update the older of the two programs"),
  HEADER_TYPE_UNKNOWN(Kind.FAILED, "update the older of the two programs"),
  HEADER_FIELD_CRITICAL(Kind.FAILED, "update the older of the two programs"),
  FRAME_UNEXPECTED(Kind.FAILED, "update the older of the two programs"),
  SUITE_UNKNOWN(Kind.FAILED, "update the older of the two programs"),
  VERSION_UNKNOWN(Kind.FAILED, "update the older of the two programs"),

  // Reaching a relay and logging in.
  NETWORK_UNREACHABLE(Kind.NETWORK, "check the address, the network and that the relay runs"),
  NOT_A_RELAY(Kind.NETWORK, "check the port: something else answers there"),
  NOT_TLS(Kind.NETWORK, "check the port: what answers there does not speak TLS"),
  RELAY_TIMEOUT(Kind.NETWORK, "try again; ask the operator if it lasts"),
  RELAY_FULL(Kind.LIMIT, "try again later, or ask the operator to raise --max-clients"),
  RELAY_DRAINING(Kind.NETWORK, "the relay is restarting: try again in a moment"),
  RELAY_IDENTITY_CHANGED(
      Kind.TRUST, "do not go on: ask the operator for a new invite by a way you trust"),
  CERTIFICATE_MISMATCH(
      Kind.TRUST, "something stands between you and the relay: try another network"),
  LOGIN_REFUSED(Kind.LOGIN, "join again with a new invite"),
  LOGIN_REPLACED(Kind.LOGIN, "this identity logged in elsewhere: use one of the two"),
  KICKED(Kind.LOGIN, "ask the operator"),
  NOT_JOINED(Kind.LOGIN, "run: waxwing join INVITE"),
  ALREADY_JOINED(Kind.LOGIN, "use --home DIR for another identity"),
  INVITE_MALFORMED(Kind.USAGE, "copy the whole invite again: a character is wrong or missing"),
  INVITE_UNKNOWN(Kind.LOGIN, "ask the operator of this relay for an invite"),
  INVITE_EXPIRED(Kind.LOGIN, "ask for a new invite"),
  INVITE_USED(Kind.LOGIN, "ask for a new invite"),
  INVITE_REVOKED(Kind.LOGIN, "ask for a new invite"),
  REGISTRATION_CLOSED(Kind.LOGIN, "ask the operator for an invite"),
  HUB_PASSWORD_NEEDED(Kind.LOGIN, "give it with --hub-password-file FILE"),
  HUB_PASSWORD_WRONG(Kind.LOGIN, "ask the operator for the hub's password"),
  USER_TAKEN(Kind.LOGIN, "choose another name with --name"),
  USER_RESERVED(Kind.USAGE, "choose another name with --name"),
  USER_MALFORMED(
      Kind.USAGE, "use 2 to 32 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit"),

  // Messages.
  USER_UNKNOWN(Kind.NOT_FOUND, "see who is here: waxwing who"),
  MESSAGE_EMPTY(Kind.USAGE, "write something, or '-' to read it from standard input"),
  MESSAGE_TOO_LARGE(Kind.LIMIT, "send it as a file"),
  MESSAGE_UNKNOWN(Kind.NOT_FOUND, "see: waxwing history USER"),
  MESSAGE_EXPIRED(Kind.FAILED, "the relay kept it for its limit of days: send it again"),
  DEVICES_STALE(Kind.FAILED, "try again: the person's devices changed"),
  MAILBOX_FULL(Kind.LIMIT, "wait until the person has fetched their mail"),
  MAILBOX_SHARE_FULL(Kind.LIMIT, "wait until the person has fetched what you sent already"),
  RATE_LIMITED(Kind.LIMIT, "wait a moment and try again"),
  DECLINED(Kind.DECLINED, "the person does not accept this from you"),
  NOT_DELIVERED(Kind.OFFLINE, "the relay keeps it; it arrives when they come"),
  UNDECRYPTABLE(Kind.FAILED, "ask the sender to send it again"),
  MESSAGE_REPLAYED(Kind.FAILED, "nothing: it was read before"),
  CANCELLED(Kind.FAILED, "it was cancelled"),

  // Files.
  BLOB_UNKNOWN(Kind.NOT_FOUND, "ask the sender to send it again"),
  BLOB_DENIED(Kind.LOGIN, "only the people it was sent to may have it"),
  BLOB_QUOTA(Kind.LIMIT, "wait until receivers have fetched what waits, or ask the operator"),
  BLOB_EXPIRED(Kind.NOT_FOUND, "ask the sender to send it again"),
  BLOB_DETACHED(Kind.OFFLINE, "it is queued again for those who were away"),
  BLOB_CONFLICT(Kind.FAILED, "start the transfer again"),
  BLOB_CORRUPT(Kind.FAILED, "the relay's copy is damaged: ask the sender to send it again"),
  SOURCE_GONE(Kind.FAILED, "ask the sender to send it again"),
  ROOT_MISMATCH(Kind.TRUST, "what arrived is not what was sent: ask for it again"),
  AGE_HEADER_INVALID(Kind.FAILED, "ask the sender to send it again"),
  AGE_HEADER_MAC(Kind.TRUST, "ask the sender to send it again"),
  AGE_NO_MATCH(Kind.TRUST, "this identity does not open this file"),
  AGE_PAYLOAD(Kind.TRUST, "ask the sender to send it again"),
  AGE_UNSUPPORTED(Kind.FAILED, "open it with the age tool"),
  TRANSFER_UNKNOWN(Kind.NOT_FOUND, "see: waxwing transfers ls"),
  TRANSFER_STATE(Kind.USAGE, "see: waxwing transfers ls"),
  TRANSFER_NOT_RESUMABLE(Kind.FAILED, "send it again"),
  OFFER_NONE(Kind.NOT_FOUND, "nothing waits: see waxwing receive --list"),
  FILE_NOT_FOUND(Kind.NOT_FOUND, "check the path"),
  FILE_UNREADABLE(Kind.FAILED, "check the permissions"),
  FILE_NOT_REGULAR(Kind.USAGE, "only files and folders can be sent"),
  FILE_CHANGED(Kind.FAILED, "it changed while being sent: send it again"),
  FILE_NAME_UNSAFE(Kind.FAILED, "ask the sender to rename it"),
  ARCHIVE_INVALID(Kind.FAILED, "ask the sender to send it again"),
  TARGET_UNWRITABLE(Kind.FAILED, "choose another folder with --to"),
  PARTLY(Kind.PARTLY, "see the list above"),
  DISK_FULL(Kind.LIMIT, "free some space: it goes on by itself"),

  // Trust.
  KEY_CHANGED(Kind.TRUST, "run: waxwing verify USER, or give --accept-new-key"),
  RECORD_INVALID(Kind.TRUST, "the relay showed a key that is not signed as it must be"),
  PREKEY_INVALID(Kind.TRUST, "the relay showed a key that is not signed as it must be"),
  SIGNATURE_INVALID(Kind.TRUST, "the relay or a peer is not what it says"),

  // This program and its profile.
  USAGE(Kind.USAGE, "see: waxwing help"),
  INPUT_NEEDED(Kind.USAGE, "give the flag named above: nobody can be asked here"),
  CONTACT_UNKNOWN(Kind.NOT_FOUND, "see: waxwing contacts ls"),
  PROFILE_CORRUPT(Kind.FAILED, "restore the profile's folder from a backup, or join again"),
  PROFILE_FOREIGN(Kind.FAILED, "the profile was made by a newer program: update"),
  PASSPHRASE_NEEDED(Kind.LOGIN, "give it with --passphrase-file FILE"),
  PASSPHRASE_WRONG(Kind.LOGIN, "try again"),
  PASSPHRASE_WEAK(Kind.USAGE, "use at least 12 characters"),
  EVENTS_MISSED(Kind.FAILED, "run it again; see: waxwing inbox, waxwing transfers ls"),
  HOLDER_SILENT(
      Kind.FAILED, "another waxwing holds this profile and does not answer: end it and try again"),
  PERMISSIONS_OPEN(Kind.FAILED, "take away the others' access: chmod -R go= FOLDER"),
  STORE_STOPPED(Kind.FAILED, "the disk failed: look at it, then restart"),
  STORE_CORRUPT(Kind.FAILED, "restore the store from a backup"),
  STORE_BUSY(Kind.LIMIT, "the relay's disk is behind: try again in a moment"),
  MESSAGE_BEHIND(Kind.LIMIT, "a message before it was refused: send this one again"),
  STORE_IN_USE(Kind.FAILED, "end the other relay that uses this folder, or choose another"),
  CONFIG_INVALID(Kind.USAGE, "run: waxwing-relay config check"),
  PORT_IN_USE(Kind.FAILED, "choose another with --port, or end what listens there"),
  CERTIFICATE_INVALID(Kind.FAILED, "check the certificate and key files"),
  UNAVAILABLE(Kind.FAILED, "this part of the program could not be loaded"),
  INTERNAL(Kind.FAILED, "this is a mistake in the program: please report it");

  private final Kind kind;
  private final String advice;

  FaultCode(Kind kind, String advice) {
    this.kind = kind;
    this.advice = advice;
  }

  /** The family of the failure, which fixes a command's exit code. */
  public Kind kind() {
    return kind;
  }

  /** What a person can do next, in one clause without a full stop. */
  public String advice() {
    return advice;
  }

  /** Families of failures with the exit code each ends a command with; fixed for ever. */
  public enum Kind {
    FAILED(1),
    USAGE(2),
    NETWORK(3),
    LOGIN(4),
    NOT_FOUND(5),
    TRUST(6),
    OFFLINE(7),
    PARTLY(8),
    LIMIT(9),
    DECLINED(10);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The process exit code. */
    public int exitCode() {
      return exitCode;
    }
  }
}
