-- Times are UTC ticks (100 ns), so that they are read exactly as written. ETags are random, so that a state that was deleted and
-- written again never has an ETag that a caller still holds. Texts sort bytewise, regardless of the database's collation.

CREATE TABLE vigil.executions (
    id            text COLLATE "C" PRIMARY KEY,
    row           bigint GENERATED ALWAYS AS IDENTITY,
    etag          bigint  NOT NULL,
    connection    text COLLATE "C" NOT NULL,
    platform      text COLLATE "C" NOT NULL,
    target_kind   text COLLATE "C",
    target_id     text COLLATE "C",
    status        integer NOT NULL,
    status_before integer, -- lets one statement update a row and return its previous status
    live          boolean NOT NULL,
    pending_work  integer NOT NULL,
    version       bigint  NOT NULL,
    remote_id     text COLLATE "C",
    owner         text COLLATE "C" NOT NULL, -- empty for none, so that the index finds those rows too
    accepted_at   bigint  NOT NULL,
    observed_at   bigint,
    ended_at      bigint,
    deadline_at   bigint  NOT NULL,
    json          bytea   NOT NULL
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX executions_remote ON vigil.executions (connection, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX executions_live ON vigil.executions (owner, id) INCLUDE (connection) WHERE live;

-- For lists: newest accepted first, then by row.
CREATE INDEX executions_accepted ON vigil.executions (accepted_at, row);
CREATE INDEX executions_status ON vigil.executions (status, accepted_at, row);
CREATE INDEX executions_connection ON vigil.executions (connection, accepted_at, row);
CREATE INDEX executions_connection_status ON vigil.executions (connection, status, accepted_at, row);

-- Long lists of step summaries, one row per list element. They are part of the execution's state; a write contains only the changed ones.
CREATE TABLE vigil.step_summaries (
    execution_id text COLLATE "C" NOT NULL,
    place        integer NOT NULL,
    json         bytea   NOT NULL,
    PRIMARY KEY (execution_id, place)
) WITH (fillfactor = 85);

CREATE TABLE vigil.steps (
    id           text COLLATE "C" PRIMARY KEY,
    execution_id text COLLATE "C" NOT NULL,
    etag         bigint NOT NULL,
    version      bigint NOT NULL,
    json         bytea  NOT NULL
);
CREATE INDEX steps_execution ON vigil.steps (execution_id);

CREATE TABLE vigil.payloads (
    execution_id text COLLATE "C" NOT NULL,
    name         text COLLATE "C" NOT NULL,
    body         text NOT NULL,
    PRIMARY KEY (execution_id, name)
);

-- 0 is consumed here, so that an event's number is always greater than the sequence's previous last_value.
CREATE SEQUENCE vigil.event_seq MINVALUE 0 START 0;
SELECT nextval('vigil.event_seq');

CREATE TABLE vigil.events (
    seq            bigint PRIMARY KEY DEFAULT nextval('vigil.event_seq'),
    execution_id   text COLLATE "C" NOT NULL,
    attempt        integer NOT NULL,
    version        bigint  NOT NULL,
    type           text COLLATE "C" NOT NULL,
    at             bigint  NOT NULL,
    execution_json bytea   NOT NULL,
    UNIQUE (execution_id, version)
);

-- Only the first open delivery of an execution to a destination has a due time; settling it makes the next one due.
-- A lease sets the due time to its end.
CREATE TABLE vigil.deliveries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_seq    bigint  NOT NULL,
    execution_id text COLLATE "C" NOT NULL,
    destination  text COLLATE "C" NOT NULL,
    state        integer NOT NULL, -- 0 open, 1 delivered, 2 dead
    attempts     integer NOT NULL,
    created_at   bigint  NOT NULL,
    due_at       bigint,
    worker       text COLLATE "C",
    error        text
);
CREATE INDEX deliveries_due ON vigil.deliveries (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_order ON vigil.deliveries (execution_id, destination, state, id);

CREATE TABLE vigil.reminders (
    grain_id   text COLLATE "C" NOT NULL,
    grain_hash bigint NOT NULL, -- position on Orleans' hash ring: each silo reads only its own range
    name       text COLLATE "C" NOT NULL,
    start_at   bigint NOT NULL,
    period     bigint NOT NULL,
    etag       bigint NOT NULL,
    PRIMARY KEY (grain_id, name)
);
CREATE INDEX reminders_ring ON vigil.reminders (grain_hash);

-- The number of executions by status: the sum over all stores. Each store changes only its own rows.
CREATE TABLE vigil.counters (
    store  text COLLATE "C" NOT NULL,
    status integer NOT NULL,
    count  bigint  NOT NULL,
    PRIMARY KEY (store, status)
) WITH (fillfactor = 50);

-- States without searchable columns, kept by Orleans' own grain storage, which loads these statements by key. The service's name is ignored, because all silos
-- that share a database are one service. A cleared state keeps its version, from which the next write continues.
CREATE TABLE vigil.grain_states (
    name     text COLLATE "C" NOT NULL, -- the state's name
    grain_n0 bigint  NOT NULL, -- the grain's key, if it is a number or a GUID
    grain_n1 bigint  NOT NULL,
    grain    text COLLATE "C" NOT NULL, -- the key, if it is text; the extension of a compound key; otherwise empty
    version  integer NOT NULL,
    payload  bytea,
    PRIMARY KEY (name, grain_n0, grain_n1, grain)
);

CREATE TABLE vigil.OrleansQuery (
    QueryKey  text COLLATE "C" PRIMARY KEY,
    QueryText text COLLATE "C" NOT NULL
);

INSERT INTO vigil.OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $sql$
    SELECT payload AS PayloadBinary, version AS Version FROM vigil.grain_states
    WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain = coalesce(@GrainIdExtensionString, '')
$sql$),
-- Without a version it is a first write. If no row is returned, the version differed, and Orleans reports a conflict.
('WriteToStorageKey', $sql$
    INSERT INTO vigil.grain_states AS stored (name, grain_n0, grain_n1, grain, version, payload)
    SELECT @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
    WHERE @GrainStateVersion IS NULL OR EXISTS (
        SELECT 1 FROM vigil.grain_states WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
            AND grain = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion)
    ON CONFLICT (name, grain_n0, grain_n1, grain) DO UPDATE SET payload = excluded.payload, version = stored.version + 1
        WHERE stored.version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
$sql$),
('ClearStorageKey', $sql$
    UPDATE vigil.grain_states SET payload = NULL, version = version + 1
    WHERE name = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain = coalesce(@GrainIdExtensionString, '')
        AND version = @GrainStateVersion
    RETURNING version
$sql$);
