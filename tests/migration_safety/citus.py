"""What Citus refuses in a schema that it may move to another node, or would leave behind there.

Schema-based sharding keeps all tables of an organization on one node. Triggers, and foreign keys to
another schema's ordinary tables, are refused by Citus; functions, rules and whatever else is not
a table with its indexes and constraints stays behind when the schema moves. So a tenant's migration
says nothing of these, and names nothing outside of its own schema.
"""

import re
from collections.abc import Iterator, Sequence

from tests.migration_safety.reading import Problem, Said, bare

_NAME = r'(?:"[^"]+"|[a-z_][\w$]*)'
_RELATION_AFTER = r"(?:TABLE|INTO|UPDATE|FROM|JOIN|REFERENCES|ON|ONLY|SEQUENCE|VIEW|TRUNCATE|INDEX)"

# rule -> (pattern, why); texts in quotes and comments are gone when these are looked for
REFUSED: dict[str, tuple[str, str]] = {
    "citus-trigger": (
        r"\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b|\b(EN|DIS)ABLE\s+(\w+\s+)?TRIGGER\b"
        r"|\bCREATE\s+EVENT\s+TRIGGER\b",
        "Citus refuses triggers on distributed tables.",
    ),
    "citus-function": (
        r"\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|AGGREGATE)\b"
        r"|\bDO\s+(LANGUAGE\b|\$\$|'')",
        "Functions and blocks of plpgsql do not move with a schema.",
    ),
    "citus-rule-or-policy": (
        r"\bCREATE\s+(OR\s+REPLACE\s+)?(RULE|POLICY)\b|\bROW\s+LEVEL\s+SECURITY\b",
        "Citus does not distribute rules and policies.",
    ),
    "citus-inheritance": (r"\bINHERITS\s*\(|\bINHERIT\b", "Citus refuses inherited tables."),
    "citus-kind-of-table": (
        r"\bCREATE\s+(UNLOGGED|TEMP|TEMPORARY|FOREIGN)\s+TABLE\b|\bTABLESPACE\b"
        r"|\bPARTITION\s+(BY|OF)\b|\b(AT|DE)TACH\s+PARTITION\b",
        "Only ordinary tables move with a schema.",
    ),
    "citus-view": (
        r"\bCREATE\s+(OR\s+REPLACE\s+)?(TEMP\s+|TEMPORARY\s+|RECURSIVE\s+)*"
        r"(MATERIALIZED\s+)?VIEW\b",
        "Views do not move with a schema.",
    ),
    "citus-object": (
        r"\bCREATE\s+(TYPE|DOMAIN|COLLATION|STATISTICS|OPERATOR|CAST|CONVERSION"
        r"|TEXT\s+SEARCH)\b",
        "Types, statistics and the like do not move with a schema.",
    ),
    "outside-of-schema": (
        r"\bCREATE\s+(SCHEMA|EXTENSION|DATABASE|ROLE|USER|PUBLICATION|SUBSCRIPTION|SERVER)\b"
        r"|\bSET\s+(LOCAL\s+|SESSION\s+)?(search_path|ROLE|SESSION\s+AUTHORIZATION)\b"
        r"|\bALTER\s+(SYSTEM|ROLE|DATABASE)\b|\bSET\s+SCHEMA\b",
        "A tenant's migration stays in its own schema.",
    ),
    "names-another-schema": (
        rf"\b{_RELATION_AFTER}\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?{_NAME}\s*\.\s*{_NAME}"
        r"|(?<![\w.])(?:public|\"public\")\s*\.",
        "Something is named with a schema; foreign keys and joins end at the schema's border.",
    ),
}
_COMPILED = {
    rule: (re.compile(pattern, re.IGNORECASE), why) for rule, (pattern, why) in REFUSED.items()
}


def check(all_said: Sequence[Said]) -> Iterator[Problem]:
    """Yield what a tenant's migration may not say."""
    for said in all_said:
        if not said.is_public:
            for rule, message in refusals("\n".join(said.lines)):
                yield Problem(said.migration, rule, message)


def refusals(sql: str) -> Iterator[tuple[str, str]]:
    """Yield the rule that each refused statement breaks, and why it is one."""
    text = bare(sql)
    for rule, (pattern, why) in _COMPILED.items():
        if match := pattern.search(text):
            yield rule, f"{why} ({' '.join(match[0].split())})"
