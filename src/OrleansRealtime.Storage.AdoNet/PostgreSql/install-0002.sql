-- Design criteria
--
-- 1. An owner of a channel that was overtaken must not change its grants unnoticed, so grants have a fence as publications have.
-- 2. Nothing is written for a channel that has no grants; its first owner to save has fence 1.

ALTER TABLE ort_grants ADD COLUMN fence bigint NOT NULL DEFAULT 1;
