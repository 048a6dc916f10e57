-- For lists by target, and for lists in the order of the end, of executions that have one. A list by target in the order of the end sorts the target's executions.
CREATE INDEX executions_target ON executions (target_id, status, accepted_at);
CREATE INDEX executions_ended ON executions (status, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX executions_connection_ended ON executions (connection, status, ended_at) WHERE ended_at IS NOT NULL;
