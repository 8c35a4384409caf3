"""Our migrations must not break the version that is running, nor leave the way to Citus.

`reading` has the SQL that each migration says in public and in an organization's schema. Five
checks read it: `linter` (django-migration-linter), `squawk`, `narrowing`, `citus`, `ways_back`.
A migration that is safe although a rule says otherwise names the rule and the reason:

    class Migration(migrations.Migration):
        safe_because = {"DROP_COLUMN": "No released version reads it since 1.4."}

A reason that no rule asks for is refused as well. Packages' own migrations are not ours to write.
"""
