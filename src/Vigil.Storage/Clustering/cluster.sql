-- The tables of Orleans' cluster membership and the statements for them, which Orleans loads from OrleansQuery by key. Both are Vigil's own.
-- This script runs at every start and keeps what exists.

-- A role without the right to create schemas can use an existing one. IF NOT EXISTS alone would require that right even then.
DO $do$ BEGIN
    IF to_regnamespace('vigil_cluster') IS NULL THEN
        CREATE SCHEMA vigil_cluster;
    END IF;
END $do$;

-- Identifies this database, regardless of how it is reached.
CREATE TABLE IF NOT EXISTS vigil_cluster.identity (
    id text NOT NULL
);
INSERT INTO vigil_cluster.identity (id) SELECT gen_random_uuid()::text WHERE NOT EXISTS (SELECT FROM vigil_cluster.identity);

CREATE TABLE IF NOT EXISTS vigil_cluster.versions (
    cluster text PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE IF NOT EXISTS vigil_cluster.members (
    cluster       text    NOT NULL,
    address       text    NOT NULL,
    port          integer NOT NULL,
    generation    integer NOT NULL,
    silo_name     text    NOT NULL,
    host_name     text    NOT NULL,
    status        integer NOT NULL,
    proxy_port    integer NOT NULL,
    suspect_times text,
    start_time    timestamptz NOT NULL,
    alive_time    timestamptz NOT NULL,
    PRIMARY KEY (cluster, address, port, generation)
);

CREATE TABLE IF NOT EXISTS vigil_cluster.OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

INSERT INTO vigil_cluster.OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $sql$
    WITH begun AS (INSERT INTO vigil_cluster.versions (cluster, version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING cluster)
    SELECT EXISTS (SELECT FROM begun)
$sql$),
-- Each change of the members increments the version, on condition that no other silo has done so.
('InsertMembershipKey', $sql$
    WITH moved AS (
        UPDATE vigil_cluster.versions SET version = version + 1 WHERE cluster = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT FROM vigil_cluster.members WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster
    ), joined AS (
        INSERT INTO vigil_cluster.members (cluster, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
        SELECT cluster, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
        RETURNING cluster
    )
    SELECT EXISTS (SELECT FROM joined)
$sql$),
('UpdateMembershipKey', $sql$
    WITH moved AS (
        UPDATE vigil_cluster.versions SET version = version + 1 WHERE cluster = @DeploymentId AND version = @Version RETURNING cluster
    ), changed AS (
        UPDATE vigil_cluster.members m SET status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime
        FROM moved WHERE m.cluster = moved.cluster AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
        RETURNING m.cluster
    )
    SELECT EXISTS (SELECT FROM changed)
$sql$),
('UpdateIAmAlivetimeKey', $sql$
    UPDATE vigil_cluster.members SET alive_time = @IAmAliveTime
    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$sql$),
('MembershipReadAllKey', $sql$
    SELECT v.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
        m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime, m.alive_time AS IAmAliveTime
    FROM vigil_cluster.versions v LEFT JOIN vigil_cluster.members m ON m.cluster = v.cluster
    WHERE v.cluster = @DeploymentId
$sql$),
('MembershipReadRowKey', $sql$
    SELECT v.version AS Version, m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
        m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime, m.alive_time AS IAmAliveTime
    FROM vigil_cluster.versions v
    LEFT JOIN vigil_cluster.members m ON m.cluster = v.cluster AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE v.cluster = @DeploymentId
$sql$),
('GatewaysQueryKey', $sql$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation FROM vigil_cluster.members
    WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0
$sql$),
-- 6 is Dead: only silos that were declared dead may be deleted.
('CleanupDefunctSiloEntriesKey', $sql$
    DELETE FROM vigil_cluster.members WHERE cluster = @DeploymentId AND status = 6 AND alive_time < @IAmAliveTime
$sql$),
('DeleteMembershipTableEntriesKey', $sql$
    WITH gone AS (DELETE FROM vigil_cluster.members WHERE cluster = @DeploymentId)
    DELETE FROM vigil_cluster.versions WHERE cluster = @DeploymentId
$sql$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE OrleansQuery.QueryText <> excluded.QueryText;
