BEGIN TRANSACTION;
CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE claims (body TEXT NOT NULL) STRICT;
CREATE TABLE deliveries (
        seq     INTEGER PRIMARY KEY AUTOINCREMENT,
        box     TEXT NOT NULL,
        message INTEGER NOT NULL REFERENCES messages (seq),
        place   TEXT NOT NULL,
        urgent  INTEGER NOT NULL,
        kind    TEXT NOT NULL,
        size    INTEGER NOT NULL,
        expires REAL,
        opens   TEXT NOT NULL,
        times   INTEGER NOT NULL DEFAULT 0,
        session TEXT NOT NULL DEFAULT '',
        fence   INTEGER NOT NULL DEFAULT 0,
        until   REAL,
        why     TEXT NOT NULL DEFAULT '',
        at      REAL NOT NULL
    ) STRICT;
INSERT INTO "deliveries" VALUES(1,'asks',1,'waiting',0,'question',19,NULL,'',0,'',0,NULL,'',1.79600060638954234118e+09);
CREATE TABLE fence (last INTEGER NOT NULL) STRICT;
INSERT INTO "fence" VALUES(0);
CREATE TABLE gathers (
        id   TEXT PRIMARY KEY,
        open INTEGER NOT NULL,
        at   REAL NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
CREATE TABLE messages (
        seq     INTEGER PRIMARY KEY,
        id      TEXT NOT NULL UNIQUE,
        sender  TEXT NOT NULL,
        idem    TEXT NOT NULL,
        thread  TEXT NOT NULL,
        at      REAL NOT NULL,
        subject TEXT NOT NULL,
        body    TEXT NOT NULL,
        head    TEXT NOT NULL,
        sent    TEXT NOT NULL
    ) STRICT;
INSERT INTO "messages" VALUES(1,'mxbr2vkmndu43','at-work','call:6583f5abf0d8e736','mxbr2vkmndu43',1.79600060638954234118e+09,'','look at feature.txt','{"id":"mxbr2vkmndu43","sender":"at-work","to":["asks"],"kind":"question","body":"","at":1796000606.3895423,"thread":"mxbr2vkmndu43","idem":"call:6583f5abf0d8e736"}','{"id":"mxbr2vkmndu43","fates":[["asks","stored"]]}');
CREATE TABLE pauses (a TEXT NOT NULL, b TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (a, b)) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (subject, body, content = 'messages', content_rowid = 'seq');
INSERT INTO words (rowid, subject, body) VALUES(1,'','look at feature.txt');
CREATE UNIQUE INDEX messages_by_idem ON messages (sender, idem) WHERE idem <> '';
CREATE INDEX messages_by_thread ON messages (thread, seq);
CREATE INDEX messages_by_time ON messages (at);
CREATE UNIQUE INDEX deliveries_of_message ON deliveries (message, box);
CREATE INDEX deliveries_by_box ON deliveries (box, seq);
CREATE INDEX deliveries_waiting ON deliveries (box, urgent DESC, seq) WHERE place = 'waiting';
CREATE INDEX deliveries_leased ON deliveries (box, session) WHERE place = 'leased';
CREATE INDEX deliveries_unsettled ON deliveries (box, size) WHERE place IN ('waiting', 'leased');
CREATE INDEX deliveries_running_out ON deliveries (until) WHERE place = 'leased';
CREATE INDEX deliveries_expiring ON deliveries (expires) WHERE place = 'waiting' AND expires NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (box) WHERE place = 'dead';
CREATE INDEX gathers_open ON gathers (at) WHERE open = 1;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('deliveries',1);
COMMIT;
PRAGMA user_version = 1;
