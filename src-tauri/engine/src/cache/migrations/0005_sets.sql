-- Groups and deployment sets, as collections' files hold them. A row is listed and told as a whole, so it is one text.

CREATE TABLE groups (
    collection TEXT NOT NULL,
    name       TEXT NOT NULL,
    position   INTEGER NOT NULL,
    content    TEXT NOT NULL,
    PRIMARY KEY (collection, name)
) STRICT;

CREATE TABLE sets (
    collection TEXT NOT NULL,
    set_id     TEXT NOT NULL,
    name       TEXT NOT NULL,
    content    TEXT NOT NULL,
    PRIMARY KEY (collection, set_id)
) STRICT;
