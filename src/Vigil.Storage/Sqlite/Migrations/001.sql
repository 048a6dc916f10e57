-- Times are UTC ticks (100 ns): what is read is exactly what was written. ETags are random, so a state that was removed and
-- written again never has an ETag that somebody still holds.

CREATE TABLE executions (
    row             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    etag            INTEGER NOT NULL,
    connection      TEXT    NOT NULL,
    platform        TEXT    NOT NULL,
    target_kind     TEXT,
    target_id       TEXT,
    status          INTEGER NOT NULL,
    counted_status  INTEGER NOT NULL, -- the status before the last write: lets one statement change a row and tell what it was
    live            INTEGER NOT NULL,
    pending_work    INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    remote_id       TEXT,
    owner           TEXT,
    accepted_at     INTEGER NOT NULL,
    observed_at     INTEGER,
    ended_at        INTEGER,
    deadline_at     INTEGER NOT NULL,
    json            BLOB    NOT NULL
);
CREATE UNIQUE INDEX executions_remote ON executions (connection, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX executions_live ON executions (owner, id, connection) WHERE live = 1;

-- The list: newest accepted first, then by row; each index ends with the row.
CREATE INDEX executions_accepted ON executions (accepted_at);
CREATE INDEX executions_status ON executions (status, accepted_at);
CREATE INDEX executions_connection ON executions (connection, accepted_at);
CREATE INDEX executions_connection_status ON executions (connection, status, accepted_at);

-- Long lists of steps in short, each at its place: part of the execution's state, so that a write holds only what changed.
CREATE TABLE step_summaries (
    execution_id TEXT    NOT NULL,
    place        INTEGER NOT NULL,
    json         BLOB    NOT NULL,
    PRIMARY KEY (execution_id, place)
) WITHOUT ROWID;

CREATE TABLE steps (
    row          INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    execution_id TEXT    NOT NULL,
    etag         INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    json         BLOB    NOT NULL
);
CREATE INDEX steps_execution ON steps (execution_id);

CREATE TABLE payloads (
    row          INTEGER PRIMARY KEY,
    execution_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    UNIQUE (execution_id, name)
);

CREATE TABLE events (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    execution_id   TEXT    NOT NULL,
    attempt        INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    type           TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    execution_json BLOB    NOT NULL,
    UNIQUE (execution_id, version)
);

-- Of each execution and destination only the first open delivery has a due time; settling it gives the next one its own.
-- A lease moves the due time to its end.
CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY,
    event_seq    INTEGER NOT NULL,
    execution_id TEXT    NOT NULL,
    destination  TEXT    NOT NULL,
    state        INTEGER NOT NULL, -- 0 open, 1 delivered, 2 dead
    attempts     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    due_at       INTEGER,
    worker       TEXT,
    error        TEXT
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_order ON deliveries (execution_id, destination, state);

CREATE TABLE reminders (
    grain_id   TEXT    NOT NULL,
    grain_hash INTEGER NOT NULL, -- where on the ring of Orleans: each silo reads its own part
    name       TEXT    NOT NULL,
    start_at   INTEGER NOT NULL,
    period     INTEGER NOT NULL,
    etag       INTEGER NOT NULL,
    PRIMARY KEY (grain_id, name)
) WITHOUT ROWID;
CREATE INDEX reminders_ring ON reminders (grain_hash);

-- How many executions have each status; changed once per transaction.
CREATE TABLE counters (
    status INTEGER PRIMARY KEY,
    count  INTEGER NOT NULL
);

-- States that need no columns of ours. Orleans' own storage keeps them: it reads these statements by their keys and gives them their parameters. All silos
-- that share a database are one service, whatever they call it, so its name is not asked. A cleared state leaves its version: its next write goes on from there.
CREATE TABLE grain_states (
    name     TEXT    NOT NULL, -- the state's
    grain_n0 INTEGER NOT NULL, -- the grain's key, where it is a number or a GUID
    grain_n1 INTEGER NOT NULL,
    grain    TEXT    NOT NULL, -- where it is text; the end of a compound key; or empty
    version  INTEGER NOT NULL,
    payload  BLOB,
    PRIMARY KEY (name, grain_n0, grain_n1, grain)
) WITHOUT ROWID;

CREATE TABLE OrleansQuery (
    QueryKey  TEXT PRIMARY KEY,
    QueryText TEXT NOT NULL
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
    SELECT payload AS PayloadBinary, version AS Version FROM grain_states
    WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain = coalesce(@GrainIdExtensionString, '''')
'),
-- Without a version it is a first write. One that gives no row met another version, and Orleans takes it for a conflict.
('WriteToStorageKey', '
    INSERT INTO grain_states AS stored (name, grain_n0, grain_n1, grain, version, payload)
    SELECT @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), 1, @PayloadBinary
    WHERE @GrainStateVersion IS NULL OR EXISTS (
        SELECT 1 FROM grain_states WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
            AND grain = coalesce(@GrainIdExtensionString, '''') AND version = @GrainStateVersion)
    ON CONFLICT (name, grain_n0, grain_n1, grain) DO UPDATE SET payload = excluded.payload, version = stored.version + 1
        WHERE stored.version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
'),
('ClearStorageKey', '
    UPDATE grain_states SET payload = NULL, version = version + 1
    WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain = coalesce(@GrainIdExtensionString, '''')
        AND version = @GrainStateVersion
    RETURNING version
');
