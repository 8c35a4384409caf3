"""A schema's content as lines: what a statement would have to say, and what no statement says.

Each part selects (kind, relation, name, place, definition, refers_to, unusual) from `here` and
`members`. Names are quoted. The schema is first on the search path, so none is qualified.
`unusual` lists the properties that a replay does not repeat; it is empty for all that it does.
"""

from shared_apps.tenancy.blueprint.lines import OWN_SCHEMA
from shared_apps.tenancy.blueprint.members import MEMBERS

_RELATION_IS_UNUSUAL = """
       CASE WHEN c.relpersistence <> 'p' THEN 'unlogged' END,
       CASE WHEN c.reltablespace <> 0 THEN 'in a tablespace' END,
       CASE WHEN c.relowner <> here.owner THEN 'owned by another role than the schema' END
"""

_TABLES = f"""
SELECT 'table', quote_ident(c.relname), '', 0,
       coalesce((SELECT string_agg(split_part(o, '=', 1) || '='
                                   || quote_literal(substr(o, strpos(o, '=') + 1)), ', '
                                   ORDER BY o COLLATE "C")
                   FROM unnest(c.reloptions) o), ''),
       '',
       concat_ws(', ', {_RELATION_IS_UNUSUAL},
           CASE WHEN m.amname <> 'heap' THEN 'of access method ' || m.amname END,
           CASE WHEN c.relrowsecurity OR c.relforcerowsecurity THEN 'with row security' END,
           CASE WHEN c.relreplident <> 'd' THEN 'with a replica identity' END,
           CASE WHEN c.reloftype <> 0 THEN 'of a type' END,
           CASE WHEN EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid)
                  OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid)
                THEN 'inheriting or inherited' END)
  FROM here JOIN pg_class c ON c.oid = ANY (here.relations)
       AND c.relnamespace = here.oid AND c.relkind = 'r'
  LEFT JOIN pg_am m ON m.oid = c.relam
"""  # noqa: S608  our own parts

_SEQUENCES = """
, sequences AS (
    SELECT s.oid, d.deptype, d.refobjid AS table_id, d.refobjsubid AS attnum,
           quote_ident(s.relname) AS name, format_type(q.seqtypid, NULL) AS type,
           concat_ws(' ', 'START WITH', q.seqstart, 'INCREMENT BY', q.seqincrement,
               'MINVALUE', q.seqmin, 'MAXVALUE', q.seqmax, 'CACHE', q.seqcache,
               CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) AS options
      FROM here JOIN pg_class s ON s.oid = ANY (here.relations) AND s.relkind = 'S'
      JOIN pg_sequence q ON q.seqrelid = s.oid
      LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
           AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('i', 'a')
)
"""

# An identity column makes its own sequence, any other sequence is there before the tables.
_SEQUENCE_LINES = f"""
SELECT CASE s.deptype WHEN 'i' THEN 'identity' ELSE 'sequence' END, s.name, '', 0,
       'AS ' || s.type || ' ' || s.options,
       CASE s.deptype WHEN 'a' THEN quote_ident(t.relname) || '.' || quote_ident(a.attname)
                      ELSE '' END,
       concat_ws(', ', {_RELATION_IS_UNUSUAL})
  FROM here CROSS JOIN sequences s JOIN pg_class c ON c.oid = s.oid
  LEFT JOIN pg_class t ON t.oid = s.table_id
  LEFT JOIN pg_attribute a ON a.attrelid = s.table_id AND a.attnum = s.attnum
"""  # noqa: S608  our own parts

# A column's place is its rank: a dropped column leaves a hole in attnum that no replay repeats.
# From PostgreSQL 18 on NOT NULL is a constraint with a name of its own.
_COLUMNS = """
SELECT CASE a.attgenerated WHEN '' THEN 'column' ELSE 'generated column' END,
       quote_ident(c.relname), quote_ident(a.attname),
       row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
       format_type(a.atttypid, a.atttypmod) || repeat('[]', a.attndims - 1)
       || CASE WHEN a.attcollation <> t.typcollation
               THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
       || CASE WHEN a.attidentity <> '' THEN
                 ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END
                 || ' AS IDENTITY (SEQUENCE NAME ' || s.name || ' ' || s.options || ')'
               WHEN a.attgenerated <> '' THEN
                 ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') '
                 || CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END
               ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END
       || CASE WHEN a.attnotnull AND here.version < 180000 THEN ' NOT NULL' ELSE '' END,
       CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END,
       concat_ws(', ',
           CASE WHEN a.attidentity NOT IN ('', 'a', 'd') OR a.attgenerated NOT IN ('', 's', 'v')
                THEN 'generated in a new way' END,
           CASE WHEN a.attstorage <> t.typstorage THEN 'with a storage of its own' END,
           CASE WHEN a.attcompression <> '' THEN 'with a compression of its own' END,
           CASE WHEN coalesce(a.attstattarget, -1) <> -1 THEN 'with a statistics target' END,
           CASE WHEN a.attoptions IS NOT NULL THEN 'with options' END,
           CASE WHEN a.attinhcount <> 0 OR NOT a.attislocal THEN 'inherited' END)
  FROM here JOIN pg_class c ON c.oid = ANY (here.relations)
       AND c.relnamespace = here.oid AND c.relkind = 'r'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN sequences s ON s.table_id = a.attrelid AND s.attnum = a.attnum AND s.deptype = 'i'
"""

# The place of a foreign key that leans on an index without a constraint is after that index.
_CONSTRAINTS = """
SELECT CASE o.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                      WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not null' ELSE 'foreign key' END,
       quote_ident(c.relname), quote_ident(o.conname),
       CASE WHEN o.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_depend d
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = o.conindid
                   AND d.refclassid = 'pg_constraint'::regclass AND d.deptype = 'i')
            THEN 1 ELSE 0 END,
       pg_get_constraintdef(o.oid, true), coalesce(quote_ident(f.relname), ''),
       concat_ws(', ',
           CASE WHEN NOT o.convalidated THEN 'not validated or not enforced' END,
           CASE WHEN o.coninhcount <> 0 OR NOT o.conislocal THEN 'inherited' END)
  FROM here JOIN pg_constraint o ON o.oid = ANY (here.constraints)
  JOIN pg_class c ON c.oid = o.conrelid
  LEFT JOIN pg_class f ON f.oid = o.confrelid
"""

# The index of a constraint is made with it, and compared all the same.
_INDEXES = f"""
SELECT CASE WHEN d.objid IS NULL THEN 'index' ELSE 'index of constraint' END,
       quote_ident(t.relname), quote_ident(c.relname), 0, pg_get_indexdef(i.indexrelid, 0, true),
       '',
       concat_ws(', ', {_RELATION_IS_UNUSUAL},
           CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'invalid' END,
           CASE WHEN d.objid IS NOT NULL AND c.reloptions IS NOT NULL THEN 'with options' END,
           CASE WHEN i.indisclustered THEN 'clustered' END,
           CASE WHEN i.indisreplident THEN 'a replica identity' END,
           CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indexrelid
                                AND coalesce(a.attstattarget, -1) <> -1)
                THEN 'with a statistics target' END)
  FROM here JOIN pg_index i ON i.indexrelid = ANY (here.relations)
  JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = here.oid
  JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
       AND d.refclassid = 'pg_constraint'::regclass AND d.deptype = 'i'
"""  # noqa: S608  our own parts

_COMMENTS = """
SELECT 'comment', quote_ident(c.relname), coalesce(quote_ident(a.attname), ''), 0,
       CASE WHEN a.attname IS NOT NULL THEN 'COLUMN' WHEN c.relkind = 'S' THEN 'SEQUENCE'
            WHEN c.relkind = 'i' THEN 'INDEX' ELSE 'TABLE' END,
       quote_literal(d.description), ''
  FROM here JOIN pg_description d ON d.objoid = ANY (here.relations)
       AND d.classoid = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = d.objoid
  LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
"""

# The owner's own rights are compared by what they are, not by the owner's name.
_GRANTS = f"""
, entries AS (
    SELECT c.relkind, c.relowner AS owner, quote_ident(c.relname) AS relation, '' AS of_column,
           (aclexplode(c.relacl)).*
      FROM here JOIN pg_class c ON c.oid = ANY (here.relations) AND c.relacl IS NOT NULL
     UNION ALL
    SELECT c.relkind, c.relowner, quote_ident(c.relname), ' (' || quote_ident(a.attname) || ')',
           (aclexplode(a.attacl)).*
      FROM here JOIN pg_class c ON c.oid = ANY (here.relations) AND c.relkind = 'r'
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
     UNION ALL
    SELECT 'n', here.owner, '{OWN_SCHEMA}', '', (aclexplode(here.acl)).* FROM here
)
"""  # noqa: S608  our own parts

_GRANT_LINES = """
SELECT CASE e.grantee WHEN e.owner THEN 'right of the owner' ELSE 'grant' END,
       e.relation, '', 0,
       string_agg(e.privilege_type || e.of_column, ', '
                  ORDER BY e.privilege_type COLLATE "C", e.of_column COLLATE "C")
       || CASE e.relkind WHEN 'n' THEN ' ON SCHEMA' WHEN 'S' THEN ' ON SEQUENCE'
                         ELSE ' ON TABLE' END,
       CASE e.grantee WHEN e.owner THEN '' WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END
       || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END,
       CASE WHEN e.grantor <> e.owner THEN 'granted by another role than the owner' ELSE '' END
  FROM entries e
 GROUP BY e.relkind, e.owner, e.relation, e.grantee, e.grantor, e.is_grantable
"""

# An object of any kind beyond what the lines say makes a count differ.
_COUNTS = """
SELECT 'count', classid::regclass::text, '', 0, count(*)::text, '', '' FROM members GROUP BY classid
"""

LINES = f"{MEMBERS} {_SEQUENCES} {_GRANTS}" + " UNION ALL ".join(
    (
        *(_TABLES, _SEQUENCE_LINES, _COLUMNS, _CONSTRAINTS, _INDEXES),
        *(_COMMENTS, _GRANT_LINES, _COUNTS),
    )
)
