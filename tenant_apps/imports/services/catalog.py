"""Products and clients of the pipeline."""

from pathlib import Path
from uuid import UUID

from tenant_apps.clients.selectors import (
    find_client_by_external_id,
    find_client_by_name,
)
from tenant_apps.clients.services import NewClient, create_client
from tenant_apps.deals.selectors import list_products
from tenant_apps.deals.services import NewProduct, create_product
from tenant_apps.imports.reading import BadRow, read_lines
from tenant_apps.imports.rows import (
    ACCOUNT_COLUMNS,
    MISSPELT_SECTORS,
    PRODUCT_COLUMNS,
    AccountRow,
    ProductRow,
    hash_of,
    parse_account,
    parse_product,
)
from tenant_apps.imports.services.work import NOT_MADE, KnownProduct, Outline, Parsed, Work

UNKNOWN_ACCOUNT = "Unknown account (imported)"
UNKNOWN_ACCOUNT_ID = "pipeline:unknown-account"


def import_products(work: Work, path: Path) -> None:
    """Enter the products with their list prices."""
    lines = read_lines(path, columns=PRODUCT_COLUMNS)
    currency = work.currency
    parsed = work.parse(lines, path, lambda line: parse_product(line.values, currency=currency))
    for each in parsed:
        with work.refusing(path, each.line):
            product_id = _product(work, each)
            work.products[each.row.name] = KnownProduct(product_id, each.row.list_price)


def _product(work: Work, each: Parsed[ProductRow]) -> UUID:
    product, content = each.row, hash_of(each.row)
    if product.name in work.products:
        raise BadRow(f"{product.name} is in the file twice.")
    imported = work.known("product", [product.name]).get(product.name)
    if imported is not None:
        what = "unchanged" if imported.content_hash == content else "changed in the file, kept"
        work.report.count("products", what)
        return imported.object_id
    namesakes = list_products(search=product.name, include_archived=True)
    found = next((known for known in namesakes if known.name == product.name), None)
    work.report.count("products", "created" if found is None else "found")
    if work.is_dry_run:
        return found.pk if found else NOT_MADE
    if found is None:
        new = NewProduct(
            name=product.name,
            series=product.series,
            list_price=product.list_price,
            external_id=product.name,
        )
        found = create_product(new=new, by=work.by, at=work.at)
    work.remember("product", product.name, content, found.pk)
    return found.pk


def import_clients(work: Work, path: Path, outline: Outline) -> None:
    """Enter the accounts as clients, each owned by the agent of its first opportunity.

    A client of the same name that is there already is used as it is.
    """
    lines = read_lines(path, columns=ACCOUNT_COLUMNS)
    for each in work.parse(lines, path, lambda line: parse_account(line.values)):
        with work.refusing(path, each.line):
            if each.row.name in work.clients:
                raise BadRow(f"{each.row.name} is in the file twice.")
            if each.row.sector in MISSPELT_SECTORS:
                work.report.note("sector kept as it is spelt", file=path.name, line=each.line)
            owner_id = _owner_of(work, each.row.name, outline)
            work.clients[each.row.name] = _client(work, each.row, owner_id)


def import_unknown_account(work: Work, outline: Outline) -> None:
    """Enter the client that stands for every empty account, when there is one."""
    if "" in outline.first_agents:
        row = AccountRow(name=UNKNOWN_ACCOUNT, sector="", facts=())
        owner_id = _owner_of(work, "", outline)
        work.clients[""] = _client(work, row, owner_id, external_id=UNKNOWN_ACCOUNT_ID)


def _client(
    work: Work, account: AccountRow, owner_id: UUID | None, *, external_id: str = ""
) -> UUID:
    key, content = external_id or account.name, hash_of(account)
    imported = work.known("client", [key]).get(key)
    if imported is not None:
        what = "unchanged" if imported.content_hash == content else "changed in the file, kept"
        work.report.count("clients", what)
        return imported.object_id
    found = _find_client(work, account.name, key)
    work.report.count("clients", "created" if found is None else "found")
    if work.is_dry_run:
        return found or NOT_MADE
    client_id = found or _create_client(work, account, owner_id, key)
    work.remember("client", key, content, client_id)
    return client_id


def _find_client(work: Work, name: str, external_id: str) -> UUID | None:
    found = find_client_by_external_id(external_id)
    if found is not None:
        return found.pk
    namesake = find_client_by_name(name, viewer=work.by)
    return namesake.pk if namesake is not None else None


def _create_client(
    work: Work, account: AccountRow, owner_id: UUID | None, external_id: str
) -> UUID:
    if owner_id is None:
        raise BadRow(f"Nobody in the teams can own {account.name}.")
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in account.facts]
    new = NewClient(
        name=account.name,
        owner_id=owner_id,
        status="active",
        tags=(account.sector,) if account.sector else (),
        remarks="\n".join(facts),
        external_id=external_id,
        is_another=True,
    )
    return create_client(new=new, by=work.by, at=work.at).pk


def _owner_of(work: Work, account: str, outline: Outline) -> UUID | None:
    """Return the agent of the account's first opportunity, else the first person of the teams."""
    agent = outline.first_agents.get(account, "")
    return work.people.get(agent) or next(iter(work.people.values()), None)
