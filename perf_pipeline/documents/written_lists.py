"""Lists of indicators in paragraphs or in the cells of one column, as tables of names and targets.

Below 绩效指标, or where levels stand in front (产出数量：建档率≥92%), each clause is a row, so that
what reads tables reads lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perf_pipeline.documents.column_words import levels_and_name, names_level
from perf_pipeline.documents.head import is_field
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.loose_heading import is_target
from perf_pipeline.documents.model import Block, Cell, Paragraph, Row, Table, Where
from perf_pipeline.documents.packed_cells import clauses, stated
from perf_pipeline.domain.target_grammar import begins_with_sign, find_values

_HEADING = re.compile(r"(?:年度|项目|主要|具体)*绩效指标(?:如下|包括)?")
_BEFORE = re.compile(r"(?:年度|项目)*绩效指标[:：]")
_NUMBER = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.．、](?!\d)|[①-⑳]|[-—•·●◆■])\s*")
_MORE = re.compile("[，,：:]")  # a sentence, or a label of something else
_BY_DATE = re.compile(  # 履约服务于12月20日前完成
    r"([一-鿿]{2,20}?)(?:应?[于在])?((?:20\d{2}年)?\d{1,2}月(?:\d{1,2}日|[底末初]|[上中下]旬)?[之以]?前?[一-鿿]{0,6})"
)
LONGEST_NAME = 40


def lists_as_tables(blocks: Sequence[Block]) -> list[Block]:
    """Return a document's blocks with such lists as tables; others as they are."""
    found: list[Block] = []
    at = lists = 0
    while at < len(blocks):
        end, rows = _list_at(blocks, at)
        if rows:
            lists += 1
            head = (
                found.pop() if found and isinstance(found[-1], Table) and _said(found[-1]) else None
            )
            if head is not None:  # 项目名称：… stands in a row of its own in workbooks
                rows = [((Cell(each.text, 0),), each.where) for each in _said(head)] + rows
            cells = tuple(row for row, _ in rows)
            found.append(Table(cells, f"清单{lists}", places=tuple(where for _, where in rows)))
        else:
            found.append(blocks[at])
        at = end if rows else at + 1
    return found


def _list_at(blocks: Sequence[Block], at: int) -> tuple[int, list[tuple[Row, Where]]]:
    """Return the rows of the list that begins with a block, and where it ends."""
    headed = at > 0 and any(_HEADING.fullmatch(label(each.text)) for each in _said(blocks[at - 1]))
    rows: list[tuple[Row, Where]] = []
    end = at
    while end < len(blocks) and (said := _said(blocks[end])):
        made = [[(row, each.where) for row in _rows(each.text, headed)] for each in said]
        if not all(made):
            break
        rows += (row for own in made for row in own)
        end += 1
    named = [row[1].text for row, _ in rows if len(row) > 1]
    sure = headed or len(named) < len(rows)
    texts = [squeeze(each.text) for block in blocks[at:end] for each in _said(block)]
    apart = len(texts) == len(named) > 2 and all(":" in text for text in texts)
    sure = sure or (apart and any(map(begins_with_sign, named)))
    return end, rows if len(named) > 1 and sure else []


def _said(block: Block) -> list[Paragraph]:
    """Return the text of a paragraph, or those of a table of one column."""
    if not isinstance(block, Table):
        return [block]
    found: list[Paragraph] = []
    for n, row in enumerate(block.rows):
        texts = [c.text for c in row if c.text.strip() and not c.continues]
        if len(texts) > 1:
            return []
        found += [Paragraph(text, n, block.place(n)) for text in texts]
    return found


def _rows(text: str, headed: bool) -> Iterator[Row]:
    """Give a row a clause, below rows of the levels in front; none where one is no indicator."""
    if names_level(text):
        yield (Cell(label(text), 0),)
        return
    rows: list[Row] = []
    for clause in clauses(re.split("[;；。\n]", _BEFORE.sub("", text.strip()))):
        plain = _NUMBER.sub("", clause)
        level1, level2, name = levels_and_name(plain)
        rows += ((Cell(level, 0),) for level in (level1, level2) if level)
        pair = _name_and_value(name, headed)
        if pair is None and not rows:
            return
        pair = pair or (name, "")  # below a level what has no value is told
        rows.append((Cell(pair[0], 0), Cell(pair[1], 1)))
    yield from rows


def _name_and_value(text: str, headed: bool) -> tuple[str, str] | None:
    """Part a clause: 改造户厕：≥560户, 改造户厕560户; words only behind a colon in a list."""
    name, colon, value = squeeze(text).partition(":")
    if not (colon and value and (headed or is_target(value))):
        by_date = _BY_DATE.fullmatch(squeeze(text))
        name, value = by_date.groups() if by_date else stated(text)[:2]
    fits = name and value and len(name) <= LONGEST_NAME and not _MORE.search(name)
    return None if not fits or is_field(name) or find_values(name) else (name, value)
