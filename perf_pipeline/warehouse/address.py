"""Addresses of databases: what of one may be shown, and what in it is a secret.

An address holds a password in more places than one, and people misspell them: an unescaped @ in a
password, a parameter `password`, `sslpassword` or `pass%77ord`. What is not known to be public is
therefore taken for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

if TYPE_CHECKING:
    from sqlalchemy import URL

HIDDEN = "***"
FILE = "warehouse.db"  # as the settings name it, unless told otherwise
SHORTEST = 4  # characters; a shorter secret would blot out words that merely contain it
_NO_NAME = re.compile(r"[^\w.]+")  # what parts names in an address; databases' names may be Chinese
_BESIDE_A_NAME = re.compile("[?&;#]")  # what people part parameters with, right or wrong
_PLAIN_FILE = re.compile(r"sqlite:///[^@?&;#%]*")  # known without SQLAlchemy, a third of a start
# parameters that say where a database is and how it is reached: of libpq, and of SQLite
_PUBLIC = frozenset(
    (
        *("host", "hostaddr", "port", "dbname", "user", "service", "options", "application_name"),
        *("sslmode", "sslrootcert", "sslcert", "sslcrl", "sslnegotiation", "channel_binding"),
        *("connect_timeout", "client_encoding", "target_session_attrs", "load_balance_hosts"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("gssencmode", "requirepeer", "tcp_user_timeout", "mode", "cache", "uri", "timeout"),
    )
)


def place_beside(address: str, name: str, elsewhere: Path) -> Path:
    """Return a place of one warehouse alone: beside its file, of a server's below `elsewhere`.

    That of `warehouse.db` bears the plain name, any other also the warehouse's own.
    """
    if _PLAIN_FILE.fullmatch(address):
        file = Path(address.removeprefix("sqlite:///"))
        if file.name in ("", ":memory:"):
            return elsewhere / name
        return file.parent / (name if file.name == FILE else f"{name}-{file.name}")
    if not _is_address(address):
        return elsewhere / name
    from sqlalchemy.engine import make_url

    return elsewhere / f"{name}-{_NO_NAME.sub('-', shown(make_url(address)))}"


def shown(url: URL) -> str:
    """Return where a database is, for people: no password, no parameter, no user."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{(url.database or '').partition('?')[0]}"
    named = url.query.get("host", "")
    host = url.host or (named if isinstance(named, str) else "，".join(named)) or "localhost"
    port = f":{url.port}" if url.port else ""
    database = _BESIDE_A_NAME.split(url.database or "", 1)[0]
    return f"{url.get_backend_name()}://{host.rpartition('@')[2]}{port}/{database}"


def secrets_of(address: str) -> frozenset[str]:
    """Return all parts of an address that may be a secret, as they are written and as read.

    One that is no address may be one as a whole.
    """
    if not _is_address(address):
        return frozenset((address, *_of_parts(address)))
    return frozenset(_of_parts(address))


def _is_address(text: str) -> bool:
    if _PLAIN_FILE.fullmatch(text):
        return True
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(text)
    except (ArgumentError, ValueError):
        return False
    return True


def _of_parts(address: str) -> frozenset[str]:
    read = {address, unquote(address)}  # a ; in a value, written %3B, parts names too
    parts = {part for each in read for part in _secret_parts(each)}
    found = {spelling for part in parts for spelling in _spellings(part)}
    return frozenset(each for each in found if len(each) >= SHORTEST)


def without_secrets(text: str, address: str) -> str:
    """Return a text in which nothing is left of an address's secrets."""
    for secret in sorted(secrets_of(address), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _secret_parts(address: str) -> Iterator[str]:
    # a password may hold an unescaped :, @, / or ?, so any colon and any @ may be its bounds
    for at in re.finditer("@", address):
        for colon in re.finditer(":/*", address[: at.start()]):
            password = address[colon.end() : at.start()]
            yield password
            yield from re.split("[@/?&#]", password)[1:]
    for parameter in _BESIDE_A_NAME.split(address)[1:]:
        name, equals, value = parameter.partition("=")
        if equals and unquote_plus(name).strip().lower() not in _PUBLIC:
            yield value


def _spellings(secret: str) -> Iterator[str]:
    plain = unquote(secret)
    for each in (secret, plain, unquote_plus(secret)):
        yield from (each, quote(each, safe=""), quote_plus(each))
