-- For lists by target, and for lists in the order of the end, of executions that have one. A list by target in the order of the end sorts the target's executions.
CREATE INDEX executions_target ON vigil.executions (target_id, status, accepted_at, row);
CREATE INDEX executions_ended ON vigil.executions (status, ended_at, row) WHERE ended_at IS NOT NULL;
CREATE INDEX executions_connection_ended ON vigil.executions (connection, status, ended_at, row) WHERE ended_at IS NOT NULL;
