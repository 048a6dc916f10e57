-- The states of grains, and the statements by which Orleans' ADO.NET storage reads and writes them. Orleans publishes scripts for other databases too.
CREATE TABLE IF NOT EXISTS OrleansStorage (
    grain_type TEXT    NOT NULL,
    grain_n0   INTEGER NOT NULL,
    grain_n1   INTEGER NOT NULL,
    grain_key  TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    payload    BLOB,
    PRIMARY KEY (grain_type, grain_n0, grain_n1, grain_key, service)
);

CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey TEXT PRIMARY KEY, QueryText TEXT NOT NULL);

INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
    SELECT payload AS PayloadBinary, version AS Version FROM OrleansStorage
    WHERE grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
        AND grain_key = coalesce(@GrainIdExtensionString, '''') AND service = @ServiceId
'),
('WriteToStorageKey', '
    INSERT INTO OrleansStorage AS stored (grain_type, grain_n0, grain_n1, grain_key, service, version, payload)
    SELECT @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @ServiceId, 1, @PayloadBinary
    WHERE true
    ON CONFLICT DO UPDATE SET payload = excluded.payload, version = stored.version + 1 WHERE stored.version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
'),
('ClearStorageKey', '
    UPDATE OrleansStorage SET payload = NULL, version = version + 1
    WHERE grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
        AND grain_key = coalesce(@GrainIdExtensionString, '''') AND service = @ServiceId AND version = @GrainStateVersion
    RETURNING version
');
