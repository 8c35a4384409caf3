"""What belongs to a schema, found by following pg_depend, and what of it nobody can repeat.

DROP SCHEMA CASCADE finds a schema's content the same way: whatever kind of object a migration, an
extension or a later PostgreSQL puts there depends on the schema or on something in it. The walk
goes through pg_depend's index, so its cost is that of the schema and not that of the database.
"""

# `members` are all objects, `here` is the schema with the members' oids, one array per use: a
# condition `oid = ANY (array)` is an index scan whatever the size of the catalog.
MEMBERS = """
WITH RECURSIVE members (classid, objid) AS (
    SELECT 'pg_namespace'::regclass::oid, %(schema)s::regnamespace::oid
     UNION
    SELECT d.classid, d.objid
      FROM members m JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid
), here AS MATERIALIZED (
    SELECT n.oid, n.nspowner AS owner, n.nspacl AS acl,
           current_setting('server_version_num')::int AS version,
           ARRAY(SELECT objid FROM members) AS objects,
           ARRAY(SELECT objid FROM members WHERE classid = 'pg_class'::regclass) AS relations,
           ARRAY(SELECT objid FROM members WHERE classid = 'pg_type'::regclass) AS types,
           ARRAY(SELECT objid FROM members WHERE classid = 'pg_attrdef'::regclass) AS defaults,
           ARRAY(SELECT objid FROM members WHERE classid = 'pg_trigger'::regclass) AS triggers,
           ARRAY(SELECT objid FROM members
                  WHERE classid = 'pg_constraint'::regclass) AS constraints
      FROM pg_namespace n WHERE n.oid = %(schema)s::regnamespace
)
"""

# Everything that is not on this list is unknown, however new its kind: tables, their indexes and
# sequences, the hidden tables of long values, row types, defaults, six kinds of constraints and the
# triggers that keep foreign keys.
_KNOWN = """
, known (classid, objid) AS (
    SELECT 'pg_namespace'::regclass::oid, oid FROM here
     UNION ALL
    SELECT 'pg_class'::regclass, c.oid
      FROM here JOIN pg_class c ON c.oid = ANY (here.relations)
     WHERE c.relnamespace = here.oid AND c.relkind IN ('r', 'i', 'S')
        OR c.relnamespace = 'pg_toast'::regnamespace AND c.relkind IN ('t', 'i')
           AND c.reloptions IS NULL
     UNION ALL
    SELECT 'pg_type'::regclass, t.oid
      FROM here JOIN pg_type t ON t.oid = ANY (here.types)
      JOIN pg_type e ON e.oid = CASE t.typtype WHEN 'c' THEN t.oid ELSE t.typelem END
      JOIN pg_class c ON c.oid = e.typrelid
     WHERE c.relnamespace = here.oid AND c.relkind IN ('r', 'S')
     UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid
      FROM here JOIN pg_attrdef d ON d.oid = ANY (here.defaults)
      JOIN pg_class c ON c.oid = d.adrelid AND c.relnamespace = here.oid
     UNION ALL
    SELECT 'pg_constraint'::regclass, o.oid
      FROM here JOIN pg_constraint o ON o.oid = ANY (here.constraints)
      JOIN pg_class c ON c.oid = o.conrelid AND c.relnamespace = here.oid
     WHERE o.contype IN ('p', 'u', 'c', 'x', 'f', 'n')
     UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid
      FROM here JOIN pg_trigger t ON t.oid = ANY (here.triggers)
     WHERE t.tgisinternal AND t.tgenabled = 'O' AND t.tgconstraint = ANY (here.constraints)
)
"""

# Each row is one reason, in PostgreSQL's own words, why a replay would lose something.
UNKNOWN = f"""
{MEMBERS} {_KNOWN}
SELECT pg_describe_object(u.classid, u.objid, 0)
  FROM (SELECT * FROM members EXCEPT SELECT * FROM known) u
 UNION ALL
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || ' refers to '
       || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) || ' outside of the schema'
  FROM known k JOIN pg_depend d ON d.classid = k.classid AND d.objid = k.objid
 WHERE NOT EXISTS (SELECT FROM members m
                    WHERE m.classid = d.refclassid AND m.objid = d.refobjid)
   AND NOT EXISTS (SELECT FROM pg_depend e JOIN pg_extension x ON x.oid = e.refobjid
                    WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e'
                      AND e.refclassid = 'pg_extension'::regclass
                      AND x.extnamespace = to_regnamespace(%(extensions)s))
 UNION ALL
SELECT 'comment on ' || pg_describe_object(d.classoid, d.objoid, d.objsubid)
  FROM here JOIN pg_description d ON d.objoid = ANY (here.objects)
  JOIN members m ON m.classid = d.classoid AND m.objid = d.objoid
 WHERE d.classoid <> 'pg_class'::regclass
 UNION ALL
SELECT 'security label of ' || pg_describe_object(s.classoid, s.objoid, s.objsubid)
  FROM here JOIN pg_seclabel s ON s.objoid = ANY (here.objects)
  JOIN members m ON m.classid = s.classoid AND m.objid = s.objoid
"""  # noqa: S608  our own parts
