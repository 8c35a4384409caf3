"""What a replay repeats, planted one at a time."""

from tests.tenancy.plants import Plant

REPEATED = [
    Plant("nothing more", ""),
    Plant("a table without columns", "CREATE TABLE bare ()"),
    Plant(
        "odd names",
        """CREATE TABLE "Odd ""one""'s" ("select" int DEFAULT 7 CHECK ("select" > 1), "A b" text);
        CREATE INDEX "In dex" ON "Odd ""one""'s" ("A b");
        INSERT INTO "Odd ""one""'s" VALUES (2, 'x')""",
    ),
    Plant(
        "many types",
        """CREATE TABLE kinds (a numeric(12,2), b timestamptz(3), c interval day to second(2),
        d bit varying(9), e uuid, f jsonb, g inet, h int[], i text[][], j varchar(5)[],
        k daterange, l xml, m "char", n name, o bpchar(3), p extensions.gbtreekey8, q oid)""",
    ),
    Plant(
        "defaults",
        r"""CREATE TABLE defaults (a timestamptz DEFAULT now(), b text DEFAULT E'it''s \\ \n',
        c int DEFAULT -1, d jsonb DEFAULT '{"a": [1]}', e uuid DEFAULT gen_random_uuid(),
        f text DEFAULT 'x' || current_user, g interval DEFAULT '-1 day 2:03')""",
    ),
    Plant("a stored column", "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)"),
    Plant(
        "a virtual column",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2)); INSERT INTO t VALUES (1)",
        since=18,
    ),
    Plant("a collation of a column", 'CREATE TABLE t (a text COLLATE "C", b text)'),
    Plant(
        "an identity with options",
        """CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY
        (START 100 INCREMENT 5 MINVALUE 10 MAXVALUE 1000 CACHE 3 CYCLE))""",
    ),
    Plant("an identity of another name", "ALTER SEQUENCE plant_id_seq RENAME TO roots"),
    Plant("an identity's table of another name", "ALTER TABLE plant RENAME TO shrub"),
    Plant("an identity that has counted", "INSERT INTO plant (label) VALUES ('a'), ('b')"),
    Plant("an identity that starts elsewhere", "ALTER TABLE plant ALTER id RESTART WITH 50"),
    Plant("an identity ahead of its rows", "SELECT setval('plant_id_seq', 900)"),
    Plant(
        "rows of an identity that is always generated",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int); INSERT INTO t (b) VALUES (5)",
    ),
    Plant("a serial column", "CREATE TABLE t (a serial, b smallserial, c bigserial)"),
    Plant("a sequence by itself", "CREATE SEQUENCE s AS smallint INCREMENT -2 CYCLE"),
    Plant(
        "a default from a sequence",
        "CREATE SEQUENCE s; CREATE TABLE t (a bigint DEFAULT nextval('s')); SELECT nextval('s')",
    ),
    Plant(
        "a sequence given to another's column",
        "CREATE SEQUENCE s; ALTER TABLE plant ALTER n SET DEFAULT nextval('s');"
        "ALTER SEQUENCE s OWNED BY pot.id",
    ),
    Plant("a dropped column", "ALTER TABLE plant DROP label; ALTER TABLE plant ADD late text"),
    Plant("not null, set later", "ALTER TABLE plant ALTER n SET NOT NULL"),
    Plant(
        "not null under another name",
        "ALTER TABLE plant RENAME CONSTRAINT plant_label_not_null TO must; "
        "CREATE TABLE t (a int CONSTRAINT asked NOT NULL NO INHERIT)",
        since=18,
    ),
    Plant("a check", "ALTER TABLE plant ADD CONSTRAINT c CHECK (n BETWEEN 1 AND 9 OR n IS NULL)"),
    Plant("a check of a list", "ALTER TABLE plant ADD CHECK (label IN ('fern', 'moss'))"),
    Plant(
        "a check of no list, a pattern and a list of one",
        """ALTER TABLE plant ADD CHECK (label NOT IN ('a', 'b]', 'c[')),
        ADD CHECK (label ~ '^[a-z]+$'), ADD CHECK (label IN ('one'))""",
    ),
    Plant("a check that heirs do without", "ALTER TABLE plant ADD CHECK (n > 0) NO INHERIT"),
    Plant(
        "unique constraints",
        """ALTER TABLE plant ADD CONSTRAINT a UNIQUE (label), ADD CONSTRAINT b UNIQUE (n, label)
        INCLUDE (id), ADD CONSTRAINT c UNIQUE (n) DEFERRABLE INITIALLY DEFERRED,
        ADD CONSTRAINT d UNIQUE NULLS NOT DISTINCT (label, n)""",
    ),
    Plant(
        "constraints that are alike",
        "ALTER TABLE plant ADD CONSTRAINT a UNIQUE (n); ALTER TABLE plant ADD CONSTRAINT b "
        "UNIQUE (n); ALTER TABLE plant ADD CONSTRAINT c UNIQUE (id)",
    ),
    Plant(
        "a constraint from an index",
        "CREATE UNIQUE INDEX i ON plant (n) INCLUDE (label);"
        "ALTER TABLE plant ADD CONSTRAINT named UNIQUE USING INDEX i",
    ),
    Plant(
        "exclusion constraints",
        """CREATE TABLE t (a int, b daterange, c int);
        ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING gist (a WITH =, b WITH &&) WHERE (c > 0)
        DEFERRABLE, ADD CONSTRAINT y EXCLUDE (c WITH =)""",
    ),
    Plant(
        "foreign keys",
        """ALTER TABLE plant ADD up bigint REFERENCES plant ON DELETE CASCADE ON UPDATE SET NULL,
        ADD CONSTRAINT late FOREIGN KEY (n) REFERENCES pot DEFERRABLE INITIALLY DEFERRED""",
    ),
    Plant(
        "foreign keys of several columns",
        """CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE t (a int, b int, c int, d int,
        FOREIGN KEY (a, b) REFERENCES pair MATCH FULL,
        FOREIGN KEY (c, d) REFERENCES pair (a, b) ON DELETE SET NULL (d))""",
    ),
    Plant(
        "foreign keys in a circle, with rows",
        """ALTER TABLE pot ADD best bigint; ALTER TABLE plant ADD CONSTRAINT p FOREIGN KEY (n)
        REFERENCES pot; ALTER TABLE pot ADD CONSTRAINT q FOREIGN KEY (best) REFERENCES plant;
        INSERT INTO pot VALUES (1); INSERT INTO plant (n) VALUES (1); UPDATE pot SET best = 1""",
    ),
    Plant(
        "a foreign key to an index without a constraint",
        "CREATE UNIQUE INDEX i ON plant (n); CREATE TABLE a (n int REFERENCES plant (n))",
    ),
    Plant(
        "keys over periods",
        """CREATE TABLE a (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
        CREATE TABLE b (id int, during daterange,
        FOREIGN KEY (id, PERIOD during) REFERENCES a (id, PERIOD during))""",
        since=18,
    ),
    Plant(
        "indexes of many kinds",
        """CREATE UNIQUE INDEX i1 ON plant (label, n DESC NULLS LAST) INCLUDE (id) WHERE n > 0;
        CREATE INDEX i2 ON plant (lower(label), (n + 1)); CREATE INDEX i3 ON plant USING hash (n);
        CREATE INDEX i4 ON plant USING gin (label extensions.gin_trgm_ops);
        CREATE INDEX i5 ON plant USING gist (label extensions.gist_trgm_ops (siglen = 32));
        CREATE INDEX i6 ON plant USING brin (n) WITH (pages_per_range = 8);
        CREATE INDEX i7 ON plant (label COLLATE "C" varchar_pattern_ops) WITH (fillfactor = 50);
        CREATE UNIQUE INDEX i8 ON plant (n, id) NULLS NOT DISTINCT""",
    ),
    Plant(
        "options of a table", "ALTER TABLE plant SET (fillfactor = 70, autovacuum_enabled = off)"
    ),
    Plant(
        "comments",
        r"""COMMENT ON TABLE plant IS 'it''s \ green'; COMMENT ON COLUMN plant.n IS 'how many';
        COMMENT ON INDEX plant_pkey IS 'key'; COMMENT ON SEQUENCE plant_id_seq IS 'ids'""",
    ),
    Plant(
        "grants",
        """CREATE ROLE gardener; CREATE ROLE "Odd role"; GRANT SELECT, INSERT ON plant TO gardener;
        GRANT UPDATE (n, label) ON plant TO gardener; GRANT USAGE ON SEQUENCE plant_id_seq TO
        gardener; GRANT SELECT ON pot TO PUBLIC; GRANT DELETE ON pot TO "Odd role" WITH GRANT
        OPTION; GRANT SELECT ON pot TO gardener""",
    ),
    Plant(
        "a grant on the schema",
        "CREATE ROLE g; DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO g', "
        "current_schema()); END $$",
    ),
    Plant(
        "rows of all sorts",
        r"""CREATE TABLE t (a text, b bytea, c jsonb, d text[], e timestamptz, f float8, g numeric,
        h interval, i bool, j date, k int[][], l "char");
        INSERT INTO t VALUES (E'it''s\\ a \n %s %% {} $1', '\x00ff', '{"a": "''"}',
        ARRAY['x, y', NULL, '"'], 'infinity', 'NaN', 1.10, '-1 mon +2 days -03:04:05', true,
        '0044-03-15 BC', ARRAY[[1, 2], [3, 4]], 'x');
        INSERT INTO t (a) VALUES (NULL), (NULL), ('')""",
    ),
    Plant(
        "an event trigger of the database",
        "CREATE FUNCTION elsewhere.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION elsewhere.watch()",
    ),
]
