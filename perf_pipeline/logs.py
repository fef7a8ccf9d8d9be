"""Logs: one line an event, for people or (JSON) for a collector, and never with a secret in it.

Nor with an identity number or a phone, wherever an error may have them from; in JSON in its words
alone, where a number is what a collector counts.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from perf_pipeline.domain.personal import without_numbers
from perf_pipeline.language.spoken import SpokenFormatter
from perf_pipeline.settings import LogFormat, Settings
from perf_pipeline.warehouse.address import secrets_of

HIDDEN = "***"
_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"')  # of JSON
SHORTEST_SECRET = 4  # a shorter one would blot out words that merely contain it
# robots' addresses hold their keys
SECRET_NAMES = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY|URL)$")


def configure_logging(settings: Settings) -> None:
    """Write what is logged to stderr, as the settings say, unless logging is set up already."""
    handler = logging.StreamHandler(sys.stderr)
    url = settings.warehouse_url.get_secret_value()
    handler.setFormatter(
        _Discreet(SpokenFormatter(_formatter(settings.log_format)), secrets(os.environ, url))
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def secrets(environment: Mapping[str, str], warehouse_url: str) -> frozenset[str]:
    """Return what no log may hold: passwords, keys, and addresses that have keys in them.

    By the names of the variables: those that end in PASSWORD, SECRET, TOKEN, KEY or URL. Of the
    warehouse's address, what may be one by its place.
    """
    found = {
        value
        for name, value in environment.items()
        if SECRET_NAMES.search(name) and name != "PERF_WAREHOUSE_URL"
    }
    found |= secrets_of(warehouse_url)
    return frozenset(value for value in found if len(value) >= SHORTEST_SECRET)


def _formatter(log_format: LogFormat) -> logging.Formatter:
    if log_format is LogFormat.TEXT:
        return logging.Formatter("%(message)s")
    import structlog  # a tenth of a command's start, and only for JSON

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


class _Discreet(logging.Formatter):
    """Another formatter's lines, with every secret and people's numbers in them blotted out."""

    def __init__(self, inner: logging.Formatter, hidden: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        spellings = {spelling for secret in hidden for spelling in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._hidden = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def format(self, record: logging.LogRecord) -> str:
        line = self._hidden.sub(HIDDEN, self._inner.format(record))
        if not line.startswith("{"):
            return without_numbers(line)
        return _WORDS.sub(lambda words: without_numbers(words[0]), line)


def _spellings(secret: str) -> Iterator[str]:
    """Give a secret as it is, and as an address and JSON spell it."""
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
