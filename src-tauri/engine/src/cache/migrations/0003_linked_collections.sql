-- Collections may be folders elsewhere, which are only read.

ALTER TABLE collections ADD COLUMN linked INTEGER NOT NULL DEFAULT 0 CHECK (linked IN (0, 1));
ALTER TABLE collections ADD COLUMN layout TEXT;
