-- Why an execution needs attention: one of a few codes; NULL while all is well.
ALTER TABLE executions ADD COLUMN attention TEXT;

-- For lists, and for counts by reason. Only the few rows that need attention are in them.
CREATE INDEX executions_attention ON executions (accepted_at) WHERE attention IS NOT NULL;
CREATE INDEX executions_attention_reason ON executions (attention) WHERE attention IS NOT NULL;
