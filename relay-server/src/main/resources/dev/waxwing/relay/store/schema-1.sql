-- Schema 1. Plain SQL, one statement up to each semicolon at a line's end. Every row that is worth it
-- carries "sum": CRC-32C over its other fields (RowSum); columns named in a comment are left out of it.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
);

-- Left out of the sum: seen, which changes at every login.
CREATE TABLE account (
  name TEXT PRIMARY KEY,
  account_key BLOB NOT NULL,
  record BLOB NOT NULL,
  token BLOB,
  first_device TEXT NOT NULL,
  first_digest BLOB NOT NULL,
  registered BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  sum BIGINT NOT NULL
);

CREATE TABLE device (
  name TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  device TEXT NOT NULL,
  signed BLOB,
  last_resort BLOB,
  sum BIGINT NOT NULL,
  PRIMARY KEY (name, device)
);

-- kind: 0 X25519, 1 ML-KEM.
CREATE TABLE one_time (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  device TEXT NOT NULL,
  kind INTEGER NOT NULL,
  id BIGINT NOT NULL,
  encoded BLOB NOT NULL,
  sum BIGINT NOT NULL,
  UNIQUE (name, device, kind, id),
  FOREIGN KEY (name, device) REFERENCES device (name, device) ON DELETE CASCADE
);

-- SHA-256 of the newest one-time keys handed out, so that none is taken in again.
CREATE TABLE taken (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  device TEXT NOT NULL,
  digest BLOB NOT NULL,
  UNIQUE (name, device, digest),
  FOREIGN KEY (name, device) REFERENCES device (name, device) ON DELETE CASCADE
);

CREATE TABLE invite (
  token BLOB PRIMARY KEY,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  uses INTEGER NOT NULL,
  used INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  note TEXT NOT NULL,
  sum BIGINT NOT NULL
);

CREATE TABLE blocked (
  owner TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  other TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  PRIMARY KEY (owner, other)
);
CREATE INDEX blocked_other ON blocked (other);

CREATE TABLE visible (
  owner TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  other TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  PRIMARY KEY (owner, other)
);
CREATE INDEX visible_other ON visible (other);

CREATE TABLE counter (
  name TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  counter TEXT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (name, counter)
);

-- seq rises over the whole store and is never used again.
CREATE TABLE mail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  device TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_device TEXT NOT NULL,
  id BLOB NOT NULL,
  accepted BIGINT NOT NULL,
  body BLOB NOT NULL,
  sum BIGINT NOT NULL
);
CREATE INDEX mail_box ON mail (recipient, device, seq);
CREATE UNIQUE INDEX mail_once ON mail (id, device, recipient, sender_device, sender);

-- Every ten minutes that the relay ran: how long it had run by then in all, in milliseconds, and the next
-- number of mail. Mail has no age but by these: no clock of the day is asked.
CREATE TABLE mail_mark (
  ran INTEGER PRIMARY KEY,
  seq BIGINT NOT NULL,
  sum BIGINT NOT NULL
);

-- What mail takes, bodies and overhead; the row of sender '' is the recipient's total. Derived from mail.
CREATE TABLE mail_share (
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  amount BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (recipient, sender)
);

CREATE TABLE removed (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  seq BIGINT NOT NULL,
  id BLOB NOT NULL,
  sender TEXT NOT NULL,
  sender_device TEXT NOT NULL,
  recipient TEXT NOT NULL,
  device TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  sum BIGINT NOT NULL
);
CREATE INDEX removed_sender ON removed (sender, sender_device, number);

-- Damaged mail as it was found.
CREATE TABLE quarantine (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  seq BIGINT NOT NULL,
  recipient TEXT,
  device TEXT,
  sender TEXT,
  sender_device TEXT,
  id BLOB,
  accepted BIGINT,
  body BLOB,
  sum BIGINT
);

-- created and active: how long the relay had run in all, in milliseconds. Left out of the sum: active, which
-- changes while the blob moves.
CREATE TABLE blob (
  id BLOB PRIMARY KEY,
  owner TEXT NOT NULL,
  owner_device TEXT NOT NULL,
  created BIGINT NOT NULL,
  active BIGINT NOT NULL,
  parts BIGINT,
  size BIGINT,
  sum BIGINT NOT NULL
);
CREATE INDEX blob_owner ON blob (owner);

CREATE TABLE blob_recipient (
  id BLOB NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  device TEXT NOT NULL,
  state TEXT NOT NULL,
  sum BIGINT NOT NULL,
  PRIMARY KEY (id, recipient, device)
);

CREATE TABLE blob_removed (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL
);
