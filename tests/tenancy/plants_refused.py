"""What a replay would lose, planted one at a time, and the name that the refusal gives it."""

from tests.tenancy.plants import Plant

REFUSED = [
    Plant("a view", "CREATE VIEW v AS SELECT 1 AS one", "view v"),
    Plant("a view outside", "CREATE VIEW elsewhere.v AS SELECT id FROM plant", "view elsewhere.v"),
    Plant("a materialized view", "CREATE MATERIALIZED VIEW m AS SELECT 1", "materialized view m"),
    Plant(
        "a foreign table",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE f (a int) SERVER s",
        "foreign table f",
    ),
    Plant("a partitioned table", "CREATE TABLE p (a int) PARTITION BY LIST (a)", "table p"),
    Plant(
        "a partition of a table outside",
        "CREATE TABLE elsewhere.p (a int) PARTITION BY LIST (a);"
        "CREATE TABLE q PARTITION OF elsewhere.p DEFAULT",
        "table q is inheriting or inherited",
    ),
    Plant("an heir", "CREATE TABLE heir () INHERITS (plant)", "heir is inheriting or inherited"),
    Plant("an heir outside", "CREATE TABLE elsewhere.heir () INHERITS (plant)", "elsewhere.heir"),
    Plant("an unlogged table", "CREATE UNLOGGED TABLE u (a int)", "table u is unlogged"),
    Plant("an unlogged sequence", "CREATE UNLOGGED SEQUENCE s", "sequence s is unlogged"),
    Plant(
        "a typed table",
        "CREATE TYPE elsewhere.k AS (a int); CREATE TABLE t OF elsewhere.k",
        "table t is of a type",
    ),
    Plant("a composite type", "CREATE TYPE k AS (a int)", "composite type k"),
    Plant("an enum", "CREATE TYPE k AS ENUM ('a')", "type k"),
    Plant("a range type", "CREATE TYPE k AS RANGE (subtype = float8)", "type k"),
    Plant("a base type in its shell", "CREATE TYPE k", "type k"),
    Plant("a domain", "CREATE DOMAIN k AS int CHECK (VALUE > 0)", "type k"),
    Plant("a function", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function f"),
    Plant("a procedure", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", r"function p\(\)"),
    Plant(
        "an aggregate",
        "CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int)",
        r"function a\(integer\)",
    ),
    Plant(
        "an operator",
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
        "operator ===",
    ),
    Plant("an operator family", "CREATE OPERATOR FAMILY o USING btree", "operator family o"),
    Plant(
        "an operator class",
        "CREATE OPERATOR CLASS o FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int)",
        "operator class o",
    ),
    Plant("a collation", "CREATE COLLATION k (provider = libc, locale = 'C')", "collation k"),
    Plant(
        "a conversion",
        "CREATE CONVERSION k FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "conversion k",
    ),
    Plant(
        "a text search configuration",
        "CREATE TEXT SEARCH CONFIGURATION k (COPY = simple)",
        "text search configuration k",
    ),
    Plant(
        "a text search dictionary",
        "CREATE TEXT SEARCH DICTIONARY k (TEMPLATE = simple)",
        "text search dictionary k",
    ),
    Plant(
        "a text search template",
        "CREATE TEXT SEARCH TEMPLATE k (LEXIZE = dsimple_lexize)",
        "text search template k",
    ),
    Plant(
        "a text search parser",
        "CREATE TEXT SEARCH PARSER k (START = prsd_start, GETTOKEN = prsd_nexttoken, "
        "END = prsd_end, LEXTYPES = prsd_lextype)",
        "text search parser k",
    ),
    Plant("a cast", "CREATE CAST (plant AS pot) WITH INOUT", "cast from plant to pot"),
    Plant(
        "a transform",
        "CREATE TRANSFORM FOR plant LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
        "transform for plant language sql",
    ),
    Plant("statistics", "CREATE STATISTICS s ON id, n FROM plant", "statistics object s"),
    Plant("an extension", "CREATE EXTENSION citext", "extension citext"),
    Plant(
        "a trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON plant FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "trigger t on table plant",
    ),
    Plant(
        "a trigger of a constraint",
        "CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON plant FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "trigger t on table plant",
    ),
    Plant(
        "a foreign key that is switched off",
        "ALTER TABLE plant ADD FOREIGN KEY (n) REFERENCES pot; "
        "ALTER TABLE plant DISABLE TRIGGER ALL",
        "RI_ConstraintTrigger",
    ),
    Plant("a rule", "CREATE RULE r AS ON DELETE TO plant DO INSTEAD NOTHING", "rule r on table"),
    Plant("a policy", "CREATE POLICY p ON plant USING (true)", "policy p on table plant"),
    Plant("row security", "ALTER TABLE plant ENABLE ROW LEVEL SECURITY", "plant is with row sec"),
    Plant("forced row security", "ALTER TABLE plant FORCE ROW LEVEL SECURITY", "with row security"),
    Plant("a publication", "CREATE PUBLICATION p FOR TABLE plant", "publication of table plant"),
    Plant(
        "a publication of the schema",
        "CREATE PUBLICATION p FOR TABLES IN SCHEMA CURRENT_SCHEMA",
        "publication of schema",
    ),
    Plant(
        "privileges by default",
        "CREATE ROLE g; DO $$ BEGIN EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT "
        "SELECT ON TABLES TO g', current_schema()); END $$",
        "default privileges",
    ),
    Plant(
        "a grant by somebody else",
        "CREATE ROLE a; CREATE ROLE b; GRANT SELECT ON plant TO a WITH GRANT OPTION; "
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO a', current_schema()); END $$; "
        "SET LOCAL ROLE a; GRANT SELECT ON plant TO b; "
        "RESET ROLE",
        "granted by another role than the owner",
    ),
    Plant(
        "a right taken from the owner", "REVOKE UPDATE ON plant FROM CURRENT_USER", "right of the"
    ),
    Plant(
        "another owner",
        "CREATE ROLE a; ALTER TABLE plant OWNER TO a",
        "table plant is owned by another role than the schema",
    ),
    Plant(
        "a comment on a constraint",
        "COMMENT ON CONSTRAINT plant_pkey ON plant IS 'x'",
        "comment on constraint plant_pkey",
    ),
    Plant(
        "a comment on the schema",
        "DO $$ BEGIN EXECUTE format('COMMENT ON SCHEMA %I IS ''x''', current_schema()); END $$",
        "comment on schema",
    ),
    Plant(
        "a security label",
        "INSERT INTO pg_seclabel VALUES ('plant'::regclass, 'pg_class'::regclass, 0, 'p', 'top')",
        "security label of table plant",
    ),
    Plant(
        "another access method",
        "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE TABLE t (a int) USING heap2",
        "table t is of access method heap2",
    ),
    Plant(
        "a tablespace",
        "UPDATE pg_class SET reltablespace = 1663 WHERE oid = 'pot_pkey'::regclass",
        "pot_pkey of pot is in a tablespace",
    ),
    Plant("a storage", "ALTER TABLE plant ALTER label SET STORAGE EXTERNAL", "storage of its own"),
    Plant(
        "a compression",
        "ALTER TABLE plant ALTER label SET COMPRESSION pglz",
        "label of plant is with a compression of its own",
    ),
    Plant("a statistics target", "ALTER TABLE plant ALTER n SET STATISTICS 7", "statistics target"),
    Plant(
        "a statistics target of an index",
        "CREATE INDEX i ON plant ((n + 1)); ALTER INDEX i ALTER 1 SET STATISTICS 7",
        "index i of plant is with a statistics target",
    ),
    Plant("options of a column", "ALTER TABLE plant ALTER n SET (n_distinct = 5)", "with options"),
    Plant(
        "options of the hidden table",
        "CREATE TABLE t (a text); ALTER TABLE t SET (toast.autovacuum_enabled = off)",
        "toast table",
    ),
    Plant(
        "options of a constraint's index",
        "ALTER TABLE plant ADD CONSTRAINT u UNIQUE (n) WITH (fillfactor = 70)",
        "index of constraint u of plant is with options",
    ),
    Plant("a replica identity", "ALTER TABLE plant REPLICA IDENTITY FULL", "replica identity"),
    Plant(
        "an index as replica identity",
        "ALTER TABLE plant REPLICA IDENTITY USING INDEX plant_pkey",
        "plant_pkey of plant is a replica identity",
    ),
    Plant("a clustered table", "ALTER TABLE plant CLUSTER ON plant_pkey", "is clustered"),
    Plant(
        "a constraint that is not validated",
        "ALTER TABLE plant ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
        "check c of plant is not validated",
    ),
    Plant(
        "a foreign key that is not validated",
        "ALTER TABLE plant ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES pot NOT VALID",
        "foreign key c of plant is not validated",
    ),
    Plant(
        "a constraint that is not enforced",
        "ALTER TABLE plant ADD CONSTRAINT c CHECK (n > 0) NOT ENFORCED",
        "check c of plant is not validated or not enforced",
        since=18,
    ),
    Plant(
        "a foreign key that is not enforced",
        "ALTER TABLE plant ADD CONSTRAINT c FOREIGN KEY (n) REFERENCES pot NOT ENFORCED",
        "foreign key c of plant is not validated or not enforced",
        since=18,
    ),
    Plant(
        "not null that is not validated",
        "ALTER TABLE plant ADD CONSTRAINT c NOT NULL n NOT VALID",
        "not null c of plant is not validated",
        since=18,
    ),
    Plant(
        "an invalid index",
        "CREATE INDEX i ON plant (n); "
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
        "index i of plant is invalid",
    ),
    Plant(
        "a foreign key to a table outside",
        "ALTER TABLE plant ADD CONSTRAINT out FOREIGN KEY (n) REFERENCES elsewhere.pot",
        "constraint out on table plant refers to column id of table elsewhere.pot",
    ),
    Plant(
        "a foreign key from a table outside",
        "ALTER TABLE elsewhere.pot ADD CONSTRAINT inward FOREIGN KEY (id) REFERENCES pot",
        "constraint inward on table elsewhere.pot",
    ),
    Plant(
        "a default from a function outside",
        "CREATE FUNCTION elsewhere.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "ALTER TABLE plant ALTER n SET DEFAULT elsewhere.f()",
        r"default value for column n of table plant refers to function elsewhere.f\(\)",
    ),
    Plant(
        "a default from a sequence outside",
        "CREATE SEQUENCE elsewhere.s; ALTER TABLE plant ALTER n SET DEFAULT nextval('elsewhere.s')",
        "refers to sequence elsewhere.s",
    ),
    Plant(
        "a default outside from a sequence inside",
        "CREATE SEQUENCE s; ALTER TABLE elsewhere.pot ALTER id SET DEFAULT nextval('s')",
        "default value for column id of table elsewhere.pot",
    ),
    Plant(
        "a type from outside",
        "CREATE TYPE elsewhere.k AS ENUM ('a'); ALTER TABLE plant ADD k elsewhere.k",
        "column k of table plant refers to type elsewhere.k",
    ),
    Plant(
        "an extension's type from another schema",
        "CREATE EXTENSION citext SCHEMA elsewhere; ALTER TABLE plant ADD k elsewhere.citext",
        "column k of table plant refers to type elsewhere.citext",
    ),
    Plant(
        "a name that hides a built-in one",
        "CREATE TABLE int4 (a int); CREATE TABLE t (a int4, b CURRENT_SCHEMA.int4)",
        "names the schema itself",
    ),
    Plant(
        "a row that names the schema",
        "INSERT INTO plant (label) VALUES (current_schema())",
        "row plant names the schema itself",
    ),
]
