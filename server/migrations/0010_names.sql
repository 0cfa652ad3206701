-- Reviewers are shown pseudonyms of workers, unless their account says that they see names.
ALTER TABLE staff ADD COLUMN names boolean NOT NULL DEFAULT false;
