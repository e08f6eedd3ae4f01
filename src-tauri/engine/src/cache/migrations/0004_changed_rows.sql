-- Which rows a commit really changed, in order of commits: what was an index by revision in each table before.
-- Only ever added to at its end, and cut off at its beginning, so that changing a row of a large library writes no
-- more pages than of a small one. `row` is the rowid; one that another row has got since tells that row once more,
-- which is true as well.
CREATE TABLE changed (
    revision   INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row        INTEGER NOT NULL,
    PRIMARY KEY (revision, table_name, row)
) STRICT, WITHOUT ROWID;

INSERT INTO changed SELECT revision, 'collections', rowid FROM collections;
INSERT INTO changed SELECT revision, 'artifacts', rowid FROM artifacts;
INSERT INTO changed SELECT revision, 'projects', rowid FROM projects;
INSERT INTO changed SELECT revision, 'deployments', rowid FROM deployments;

DROP INDEX collections_by_revision;
DROP INDEX artifacts_by_revision;
DROP INDEX projects_by_revision;
DROP INDEX deployments_by_revision;
ALTER TABLE collections DROP COLUMN revision;
ALTER TABLE artifacts DROP COLUMN revision;
ALTER TABLE projects DROP COLUMN revision;
ALTER TABLE deployments DROP COLUMN revision;
