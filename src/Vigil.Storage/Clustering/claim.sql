-- Which cluster uses this database, or which silo without one. Every start runs this script; existing objects are kept.

DO $do$ BEGIN
    IF to_regnamespace('vigil_claim') IS NULL THEN
        CREATE SCHEMA vigil_claim;
    END IF;

    IF to_regclass('vigil_claim.claim') IS NULL THEN
        CREATE TABLE vigil_claim.claim (
            one         boolean PRIMARY KEY DEFAULT true CHECK (one),
            holder      text        NOT NULL,
            token       bigint      NOT NULL, -- raised when the claim passes to another holder, so that writes of the one before are refused
            valid_until timestamptz NOT NULL
        );
        CREATE FUNCTION vigil_claim.require(expected bigint) RETURNS void LANGUAGE plpgsql STABLE AS $check$ BEGIN
            IF NOT EXISTS (SELECT FROM vigil_claim.claim WHERE token = expected) THEN
                RAISE EXCEPTION 'the claim is held by another cluster' USING ERRCODE = 'VG001';
            END IF;
        END $check$;
    END IF;
END $do$;
