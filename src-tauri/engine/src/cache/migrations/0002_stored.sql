-- Which trees the content store holds, by what they are (`fs::Fingerprint`): what is there already is not stored again.
CREATE TABLE stored (
    content_hash TEXT NOT NULL,
    shape        TEXT NOT NULL,
    pack         TEXT NOT NULL,
    tree         TEXT NOT NULL,
    PRIMARY KEY (content_hash, shape)
) STRICT, WITHOUT ROWID;
CREATE INDEX stored_by_pack ON stored (pack);
