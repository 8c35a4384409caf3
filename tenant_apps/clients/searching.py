"""Finding clients by what people remember: a part of a name, a number, a word with a slip."""

import re

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Upper

from tenant_apps.clients.models import PHONE_DIGITS, Client

# shorter words are alike by chance
SHORTEST_WITH_SLIPS = 4
SHORTEST_NUMBER = 4
# of pg_trgm's word similarity: a letter too few in a word of eight, an umlaut in one of six
ALIKE = 0.4
# addresses of one domain are alike already; a wrong digit at the end of eight
ADDRESSES_ALIKE, NUMBERS_ALIKE = 0.6, 0.5
SHORTEST_NUMBER_WITH_SLIPS = 7


def matching(clients: QuerySet[Client], text: str) -> QuerySet[Client]:
    """Return the clients that a search means.

    Parts of name, legal name and e-mail address; the beginning of the code, or the code written
    another way (CL12, cl 0012); digits of the phone number, however they are grouped. Only when
    nothing has them: names, addresses or phone numbers that are nearly the same.
    """
    text = text.strip()
    literal = _literally(clients, text)
    if len(text) < SHORTEST_WITH_SLIPS or literal.exists():
        return literal
    return _nearly(clients, text)


def _literally(clients: QuerySet[Client], text: str) -> QuerySet[Client]:
    """Every condition is one that the index `client_search` or that of the codes serves."""
    meant = (
        Q(name__icontains=text)
        | Q(legal_name__icontains=text)
        | Q(email__icontains=text)
        | Q(code__startswith=text.upper())
        | Q(code=_code_of(text))
    )
    digits = _digits_of(text)
    if len(digits) >= SHORTEST_NUMBER:
        clients = clients.alias(phone_digits=PHONE_DIGITS)
        meant |= Q(phone_digits__contains=digits)
    return clients.filter(meant)


def _nearly(clients: QuerySet[Client], text: str) -> QuerySet[Client]:
    wanted, digits = text.upper(), _digits_of(text)
    if len(digits) >= SHORTEST_NUMBER_WITH_SLIPS:
        number_alike = TrigramWordSimilarity(digits, PHONE_DIGITS)
        return clients.alias(alike=number_alike).filter(alike__gte=NUMBERS_ALIKE)
    if "@" in text:
        address_alike = TrigramSimilarity(Upper("email"), wanted)
        return clients.alias(alike=address_alike).filter(alike__gte=ADDRESSES_ALIKE)
    alike = Greatest(
        TrigramWordSimilarity(wanted, Upper("name")),
        TrigramWordSimilarity(wanted, Upper("legal_name")),
    )
    return clients.alias(alike=alike).filter(Q(alike__gte=ALIKE))


def _code_of(text: str) -> str:
    """Return the code that was meant: without its dash or zeros, or with the letter O for one."""
    meant = re.fullmatch(r"CL[\s_.-]*([0-9O]{1,9})", text.upper())
    return f"CL-{int(meant[1].replace('O', '0')):04}" if meant else ""


def _digits_of(text: str) -> str:
    """Return the digits of a text that looks like a phone number, without leading zeros."""
    return re.sub(r"\D", "", text).lstrip("0") if re.fullmatch(r"[\d\s()+./-]+", text) else ""
