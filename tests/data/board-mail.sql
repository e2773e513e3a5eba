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
INSERT INTO "deliveries" VALUES(1,'refunds',1,'done',0,'task',459,NULL,'fw26jgpkr',1,'c17.1',1,1.796025789806611538e+09,'its turn ended',1.79602490227241611475e+09);
INSERT INTO "deliveries" VALUES(2,'parcel-labels',1,'leased',0,'task',459,NULL,'fw26jgpkr',1,'c18.1',2,1.7960257898066806793e+09,'',1.79602488980668067932e+09);
INSERT INTO "deliveries" VALUES(3,'returns-page',1,'done',0,'task',459,NULL,'fw26jgpkr',1,'c19.1',3,1.79602578980671429638e+09,'its turn ended',1.79602489532276916503e+09);
INSERT INTO "deliveries" VALUES(4,'flaky-checkout',2,'dead',0,'question',79,1.79602490188294863704e+09,'',0,'',0,NULL,'its time to live had passed before it was read',1.79602490690667128568e+09);
INSERT INTO "deliveries" VALUES(5,'returns-lead',3,'waiting',0,'partial',83,NULL,'',0,'',0,NULL,'',1.79602489219290232655e+09);
INSERT INTO "deliveries" VALUES(6,'returns-lead',4,'leased',0,'question',88,NULL,'',1,'c16.1',4,1.79602579289434528351e+09,'',1.79602489289434528348e+09);
INSERT INTO "deliveries" VALUES(7,'human',5,'waiting',0,'question',161,NULL,'',0,'',0,NULL,'',1.79602489519720935826e+09);
INSERT INTO "deliveries" VALUES(8,'returns-lead',6,'waiting',0,'result',99,NULL,'',0,'',0,NULL,'',1.79602489526504206654e+09);
INSERT INTO "deliveries" VALUES(9,'refunds',7,'done',0,'answer',80,NULL,'',1,'c17.1',5,1.79602579598956918721e+09,'its turn ended',1.79602490227241611475e+09);
INSERT INTO "deliveries" VALUES(10,'read-only-tokens',8,'waiting',0,'handoff',67,NULL,'',0,'',0,NULL,'',1.79602489874268031119e+09);
INSERT INTO "deliveries" VALUES(11,'returns-lead',9,'waiting',0,'status',429,NULL,'',0,'',0,NULL,'',1.79602490187899017327e+09);
INSERT INTO "deliveries" VALUES(12,'returns-lead',10,'waiting',0,'result',95,NULL,'',0,'',0,NULL,'',1.7960249021970603466e+09);
CREATE TABLE fence (last INTEGER NOT NULL) STRICT;
INSERT INTO "fence" VALUES(5);
CREATE TABLE gathers (
        id   TEXT PRIMARY KEY,
        open INTEGER NOT NULL,
        at   REAL NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
INSERT INTO "gathers" VALUES('fw26jgpkr',1,1.79602488977502155304e+09,'{"id":"fw26jgpkr","owner":"returns-lead","thread":"mbbhsxyup2jf9","at":1796024889.7750216,"deadline":1796111289.7750216,"members":[{"name":"refunds","part":"reported","reports":["murtd2nqydz2w"],"at":1796024902.1970603},{"name":"parcel-labels","part":"partial","reports":["mw2net9f99wx7"],"at":1796024892.1929023},{"name":"returns-page","part":"reported","reports":["mfftj5v2g98ch"],"at":1796024895.265042}]}');
CREATE TABLE loose (sha256 TEXT PRIMARY KEY, since REAL NOT NULL) STRICT;
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
INSERT INTO "messages" VALUES(1,'mbbhsxyup2jf9','returns-lead','call:e23bcffd8284976f','mbbhsxyup2jf9',1.79602488977502155304e+09,'Returns within 30 days','Customers can send things back within 30 days. The receipt of check_out says when they bought them.

## refunds
shop/refunds.py: refund(paid, left) says what goes back, in cents.

## parcel-labels
shop/labels.py: label(order) asks the parcel service for one. Try it with a real order.

## returns-page
shop/returns.py: the page on which a customer says what comes back, and why.

Report with the file, your branch and how you checked it.','{"id":"mbbhsxyup2jf9","sender":"returns-lead","to":["refunds","parcel-labels","returns-page"],"kind":"task","body":"","at":1796024889.7750216,"thread":"mbbhsxyup2jf9","idem":"call:e23bcffd8284976f","gather":"fw26jgpkr"}','{"id":"mbbhsxyup2jf9","fates":[["refunds","stored"],["parcel-labels","stored"],["returns-page","stored"]],"gather":"fw26jgpkr"}');
INSERT INTO "messages" VALUES(2,'mdgxjnyepfpu4','returns-page','call:d9813ad937fa10ef','mbbhsxyup2jf9',1.79602489188294863701e+09,'','I need the time of sale out of check_out''s receipt. Are you about to change it?','{"id":"mdgxjnyepfpu4","sender":"returns-page","to":["flaky-checkout"],"kind":"question","body":"","at":1796024891.8829486,"thread":"mbbhsxyup2jf9","reply_to":"mbbhsxyup2jf9","idem":"call:d9813ad937fa10ef","expires_at":1796024901.8829486,"hops":1}','{"id":"mdgxjnyepfpu4","fates":[["flaky-checkout","stored"]]}');
INSERT INTO "messages" VALUES(3,'mw2net9f99wx7','parcel-labels','call:5c612fe03942be32','mbbhsxyup2jf9',1.79602489219290232655e+09,'','label() is written. Left to do: ask the parcel service for the label of order 1001.','{"id":"mw2net9f99wx7","sender":"parcel-labels","to":["returns-lead"],"kind":"partial","body":"","at":1796024892.1929023,"thread":"mbbhsxyup2jf9","refs":[{"kind":"file","target":"shop/labels.py","card":"parcel-labels","commit":"b1be4b104828a21987608976bb9c041b7c198610","sha256":"b875beb459866ab7c0557cf1f361015f681f005557e405571a5755ebd1928043","size":152}],"reply_to":"mbbhsxyup2jf9","idem":"call:5c612fe03942be32","gather":"fw26jgpkr"}','{"id":"mw2net9f99wx7","fates":[["returns-lead","stored"]]}');
INSERT INTO "messages" VALUES(4,'md89fmxv3s7bq','refunds','call:ff1b4577f8471112','mbbhsxyup2jf9',1.79602489287866783139e+09,'','Somebody has paid with a gift card and sends half of it back. Money, or a new gift card?','{"id":"md89fmxv3s7bq","sender":"refunds","to":["returns-lead"],"kind":"question","body":"","at":1796024892.8786678,"thread":"mbbhsxyup2jf9","reply_to":"mbbhsxyup2jf9","idem":"call:ff1b4577f8471112"}','{"id":"md89fmxv3s7bq","fates":[["returns-lead","stored"]]}');
INSERT INTO "messages" VALUES(5,'mma4jjqnd2hhy','returns-page','call:0ffac03eb593d490','mma4jjqnd2hhy',1.79602489519720935826e+09,'What if a parcel is late?','Does a return count by the day on which the customer asks, or by the day on which the parcel is here? I take the first until you answer.','{"id":"mma4jjqnd2hhy","sender":"returns-page","to":["human"],"kind":"question","body":"","at":1796024895.1972094,"thread":"mma4jjqnd2hhy","idem":"call:0ffac03eb593d490","hops":1}','{"id":"mma4jjqnd2hhy","fates":[["human","stored"]]}');
INSERT INTO "messages" VALUES(6,'mfftj5v2g98ch','returns-page','call:6785c277d765897f','mbbhsxyup2jf9',1.79602489526504206654e+09,'','The page is in. A return counts by the day on which the customer asks; the human may say otherwise.','{"id":"mfftj5v2g98ch","sender":"returns-page","to":["returns-lead"],"kind":"result","body":"","at":1796024895.265042,"thread":"mbbhsxyup2jf9","refs":[{"kind":"file","target":"shop/returns.py","card":"returns-page","commit":"2a11d955c667da5a9541b7a3fe351c2992c93ec7","sha256":"7a7e9bad8b93618774d26b148c12bea656e21f8dae8a4ef4a281b2d5352be0bf","size":61}],"reply_to":"mbbhsxyup2jf9","idem":"call:6785c277d765897f","gather":"fw26jgpkr"}','{"id":"mfftj5v2g98ch","fates":[["returns-lead","stored"]]}');
INSERT INTO "messages" VALUES(7,'m3ugq3ch6qehy','returns-lead','call:54b058d7c4d42be2','mbbhsxyup2jf9',1.79602489596263790129e+09,'','Onto a new gift card, never in money: else the card would be a way to draw cash.','{"id":"m3ugq3ch6qehy","sender":"returns-lead","to":["refunds"],"kind":"answer","body":"","at":1796024895.962638,"thread":"mbbhsxyup2jf9","reply_to":"md89fmxv3s7bq","idem":"call:54b058d7c4d42be2"}','{"id":"m3ugq3ch6qehy","fates":[["refunds","stored"]]}');
INSERT INTO "messages" VALUES(8,'mjqabcsmb45vr','auth-refactor','call:04c6e5c270043a06','mjqabcsmb45vr',1.79602489874268031119e+09,'','Tokens are signed from here on. Build the read-only ones on sign().','{"id":"mjqabcsmb45vr","sender":"auth-refactor","to":["read-only-tokens"],"kind":"handoff","body":"","at":1796024898.7426803,"thread":"mjqabcsmb45vr","refs":[{"kind":"file","target":"shop/tokens.py","card":"auth-refactor","commit":"841e4e126eccdd2afee4cc67c27ba07d6a8eb704","sha256":"e12eef5e75ea7f58719b6794d56a56decae1494231d2ca16e2cf54e06c2ea812","size":128}],"idem":"call:04c6e5c270043a06"}','{"id":"mjqabcsmb45vr","fates":[["read-only-tokens","stored"]]}');
INSERT INTO "messages" VALUES(9,'mfbnzb9upg3ns','orch','waits.fw26jgpkr.parcel-labels.1796024894.284','mbbhsxyup2jf9',1.79602490187899017327e+09,'parcel-labels has reported in part, waits for a human: permission (Bash: curl -X POST https://parcels.example.org/labels -d order=1001); your gather s','parcel-labels has reported in part, waits for a human: permission (Bash: curl -X POST https://parcels.example.org/labels -d order=1001); your gather stays open until then.
Gather fw26jgpkr: 1 of 3 results are in; parcel-labels has reported in part, waits for a human: permission.','{"id":"mfbnzb9upg3ns","sender":"orch","to":["returns-lead"],"kind":"status","body":"","at":1796024901.8789902,"thread":"mbbhsxyup2jf9","authority":"orch","idem":"waits.fw26jgpkr.parcel-labels.1796024894.284"}','{"id":"mfbnzb9upg3ns","fates":[["returns-lead","stored"]]}');
INSERT INTO "messages" VALUES(10,'murtd2nqydz2w','refunds','call:6a1aba07440b16b5','mbbhsxyup2jf9',1.7960249021970603466e+09,'','refund() says what goes back. What was paid with a gift card goes onto a new one. 4 tests pass.','{"id":"murtd2nqydz2w","sender":"refunds","to":["returns-lead"],"kind":"result","body":"","at":1796024902.1970603,"thread":"mbbhsxyup2jf9","refs":[{"kind":"file","target":"shop/refunds.py","card":"refunds","commit":"1643514b63243a8e5487e770f9938a34a273524d","sha256":"3da5cc755510f23117b841f0a3e90acf664d9f4c8c73bb0108271fdbfafc779f","size":220}],"reply_to":"mbbhsxyup2jf9","idem":"call:6a1aba07440b16b5","gather":"fw26jgpkr"}','{"id":"murtd2nqydz2w","fates":[["returns-lead","stored"]]}');
CREATE TABLE pauses (a TEXT NOT NULL, b TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (a, b)) STRICT;
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
INSERT INTO "sqlite_sequence" VALUES('deliveries',12);
CREATE VIRTUAL TABLE words USING fts5 (subject, body, content = 'messages', content_rowid = 'seq');
INSERT INTO words (words) VALUES ('rebuild');
COMMIT;
PRAGMA user_version = 2;
