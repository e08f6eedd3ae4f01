-- Append-only: a released file in this folder is never edited, a change is a further file.
-- Times are ISO-8601 texts, lists and problems are JSON texts, flags are 0 or 1.
-- `revision` is the library's revision at the row's last real change.

CREATE TABLE meta (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch     TEXT NOT NULL,                -- random per file: another epoch, another history
    revision  INTEGER NOT NULL,             -- grows by one with each commit that changed a row
    forgotten INTEGER NOT NULL              -- removals up to this revision are no longer in tombstones
) STRICT;
INSERT INTO meta VALUES (1, lower(hex(randomblob(16))), 0, 0);

CREATE TABLE collections (
    collection TEXT PRIMARY KEY NOT NULL,
    path       TEXT NOT NULL,
    problems   TEXT NOT NULL,
    revision   INTEGER NOT NULL
) STRICT;
CREATE INDEX collections_by_revision ON collections (revision);

CREATE TABLE artifacts (
    collection   TEXT NOT NULL,
    artifact_id  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    namespace    TEXT,
    name         TEXT NOT NULL,
    title        TEXT,
    description  TEXT,
    tags         TEXT NOT NULL,
    version      TEXT,
    author       TEXT,
    license      TEXT,
    origin       TEXT,
    uuid         TEXT,
    path         TEXT NOT NULL,
    content_hash TEXT,
    files        INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    modified_at  TEXT,
    problems     TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (collection, artifact_id)
) STRICT;
CREATE INDEX artifacts_by_revision ON artifacts (revision);

CREATE TABLE projects (
    project_path TEXT PRIMARY KEY NOT NULL,
    project_name TEXT NOT NULL,
    added_at     TEXT NOT NULL,
    available    INTEGER NOT NULL CHECK (available IN (0, 1)),
    profiles     TEXT NOT NULL,
    problems     TEXT NOT NULL,
    revision     INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_revision ON projects (revision);

-- No reference to artifacts: a deployment outlives its artifact as an orphan, and refreshing an artifact
-- must not touch it. `first_seen` is the rowid and thereby the order of first deployment: an upsert keeps it.
CREATE TABLE deployments (
    first_seen            INTEGER PRIMARY KEY,
    project_path          TEXT NOT NULL,
    profile_root_dir      TEXT NOT NULL,
    deployment_profile_id TEXT NOT NULL,
    artifact_path         TEXT NOT NULL,
    artifact_id           TEXT NOT NULL,
    collection            TEXT NOT NULL,
    project_name          TEXT NOT NULL,
    deployed_at           TEXT NOT NULL,
    content_hash          TEXT,
    platform              TEXT,
    local_modifications   INTEGER NOT NULL CHECK (local_modifications IN (0, 1)),
    status                TEXT NOT NULL,
    problem               TEXT,
    revision              INTEGER NOT NULL,
    UNIQUE (project_path, profile_root_dir, deployment_profile_id, artifact_path)
) STRICT;
CREATE INDEX deployments_by_artifact ON deployments (collection, artifact_id);
CREATE INDEX deployments_by_revision ON deployments (revision);

-- The stat gate: what an artifact's tree hashed to when its entries looked like `signature`.
-- Not part of the library, so without a revision.
CREATE TABLE trees (
    path            TEXT PRIMARY KEY NOT NULL,
    signature       BLOB NOT NULL CHECK (length(signature) = 32),
    content_hash    TEXT NOT NULL,
    unfiltered_hash TEXT,
    files           INTEGER NOT NULL,
    bytes           INTEGER NOT NULL,
    modified_at     TEXT
) STRICT, WITHOUT ROWID;

-- Rows that are gone, as the change to tell; one per thing, the newest removal counts.
CREATE TABLE tombstones (
    change   TEXT PRIMARY KEY NOT NULL,
    revision INTEGER NOT NULL
) STRICT;
CREATE INDEX tombstones_by_revision ON tombstones (revision);

-- One row per artifact with its deployments as one JSON array, null when there are none.
-- The inner query sorts, because ORDER BY inside an aggregate would need SQLite 3.44 in every reader.
CREATE VIEW collection_artifacts AS
SELECT
    collection AS collection_id,
    artifact_id,
    uuid AS artifact_uuid,
    description,
    author,
    license,
    tags AS tags_json,
    (
        SELECT nullif(json_group_array(json_object(
            'project_path', project_path,
            'project_name', project_name,
            'deployed_at', deployed_at,
            'content_hash', content_hash,
            'deployment_profile_id', deployment_profile_id,
            'local_modifications', json(iif(local_modifications, 'true', 'false')),
            'platform', platform
        )), '[]')
        FROM (
            SELECT * FROM deployments
            WHERE deployments.collection = artifacts.collection
              AND deployments.artifact_id = artifacts.artifact_id
            ORDER BY first_seen
        )
    ) AS deployments_json,
    version,
    content_hash AS artifact_content_hash,
    files AS artifact_file_count,
    bytes AS artifact_total_size,
    origin
FROM artifacts;
