-- Times are UTC ticks (100 ns), so that they are read exactly as written. ETags are random, so that a state that was deleted and
-- written again never has an ETag that a caller still holds.

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

-- For lists: newest accepted first, then by row; each index ends with the row.
CREATE INDEX executions_accepted ON executions (accepted_at);
CREATE INDEX executions_status ON executions (status, accepted_at);
CREATE INDEX executions_connection ON executions (connection, accepted_at);
CREATE INDEX executions_connection_status ON executions (connection, status, accepted_at);

-- Long lists of step summaries, one row per list element. They are part of the execution's state; a write contains only the changed ones.
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

-- Only the first open delivery of an execution to a destination has a due time; settling it makes the next one due.
-- A lease sets the due time to its end.
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
    grain_hash INTEGER NOT NULL, -- position on Orleans' hash ring: each silo reads only its own range
    name       TEXT    NOT NULL,
    start_at   INTEGER NOT NULL,
    period     INTEGER NOT NULL,
    etag       INTEGER NOT NULL,
    PRIMARY KEY (grain_id, name)
) WITHOUT ROWID;
CREATE INDEX reminders_ring ON reminders (grain_hash);

-- The number of executions by status; updated once per transaction.
CREATE TABLE counters (
    status INTEGER PRIMARY KEY,
    count  INTEGER NOT NULL
);

-- States without searchable columns, kept by Orleans' own grain storage, which loads these statements by key. The service's name is ignored, because all silos
-- that share a database are one service. A cleared state keeps its version, from which the next write continues.
CREATE TABLE grain_states (
    name     TEXT    NOT NULL, -- the state's name
    grain_n0 INTEGER NOT NULL, -- the grain's key, if it is a number or a GUID
    grain_n1 INTEGER NOT NULL,
    grain    TEXT    NOT NULL, -- the key, if it is text; the extension of a compound key; otherwise empty
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
-- Without a version it is a first write. If no row is returned, the version differed, and Orleans reports a conflict.
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
