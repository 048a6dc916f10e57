-- Why an execution needs attention: one of a few codes; NULL while all is well.
ALTER TABLE vigil.executions ADD COLUMN attention text COLLATE "C";

-- For lists, and for counts by reason. Only the few rows that need attention are in it.
CREATE INDEX executions_attention ON vigil.executions (accepted_at, row) INCLUDE (attention) WHERE attention IS NOT NULL;
