-- Version 1. What is looked up or sorted by is clear; the rest of a row is packed into "sealed", which is bound to the
-- table and to every clear column of its row.

CREATE TABLE profile (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  sealed  BLOB NOT NULL
);

CREATE TABLE entry (
  name    TEXT PRIMARY KEY,
  sealed  BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE prekey (
  kind    TEXT NOT NULL,
  id      INTEGER NOT NULL,
  created INTEGER NOT NULL,
  sealed  BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE conversation (
  seq     INTEGER PRIMARY KEY,
  user    TEXT NOT NULL,
  device  BLOB NOT NULL,
  sealed  BLOB NOT NULL,
  UNIQUE (user, device)
);

CREATE TABLE seen (
  user    TEXT NOT NULL,
  device  BLOB NOT NULL,
  id      BLOB NOT NULL,
  PRIMARY KEY (user, device, id)
) WITHOUT ROWID;

CREATE TABLE replayed (
  prekey  INTEGER NOT NULL,
  hash    BLOB NOT NULL,
  PRIMARY KEY (prekey, hash)
) WITHOUT ROWID;

CREATE TABLE contact (
  user    TEXT PRIMARY KEY,
  sealed  BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE message (
  seq     INTEGER PRIMARY KEY,
  id      BLOB NOT NULL UNIQUE,
  user    TEXT NOT NULL,
  state   TEXT NOT NULL,
  stored  INTEGER NOT NULL,
  sealed  BLOB NOT NULL
);

CREATE INDEX message_of_user ON message (user);
CREATE INDEX message_in_state ON message (state);

CREATE TABLE outbox (
  seq     INTEGER PRIMARY KEY,
  id      BLOB NOT NULL UNIQUE,
  user    TEXT NOT NULL,
  state   TEXT NOT NULL,
  created INTEGER NOT NULL,
  sealed  BLOB NOT NULL
);

CREATE INDEX outbox_in_state ON outbox (state, user);

CREATE TABLE transfer (
  seq     INTEGER PRIMARY KEY,
  blob    BLOB NOT NULL UNIQUE,
  sealed  BLOB NOT NULL
);

CREATE TABLE quarantine (
  seq     INTEGER PRIMARY KEY,
  user    TEXT NOT NULL,
  device  BLOB NOT NULL,
  id      BLOB NOT NULL,
  sealed  BLOB NOT NULL,
  UNIQUE (user, device, id)
);
