"""Extraction: a target document (绩效目标文件) to all that it promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from perf_pipeline.documents.column_words import ABOUT_INDICATORS, part_of
from perf_pipeline.documents.forms import FormContents, read_form
from perf_pipeline.documents.labels import after_colon, squeeze
from perf_pipeline.documents.model import (
    Block,
    Finding,
    Indicator,
    Paragraph,
    RowAccount,
    Severity,
    Table,
    TargetDocument,
)
from perf_pipeline.documents.prose import is_row, read_prose
from perf_pipeline.documents.reading import ReadFile, read_file, read_opened
from perf_pipeline.documents.segments import segments
from perf_pipeline.documents.written_lists import lists_as_tables
from perf_pipeline.domain.errors import LayoutError, PerfPipelineError, Place
from perf_pipeline.domain.money import FEN_OF_UNIT
from perf_pipeline.foreign.confinement import more_seconds

_MAKER = re.compile(r"^(?P<department>[^\s，。；：:]{2,40}?)\s*编制$")
_PART = re.compile(r"[一二三四五六七八九十]{1,3}、(?P<title>.{2,30})$")
_LEVELS = re.compile(r"[一二三]级指标[^，,。；;\d]{0,6}[一二三]级指标")
_GOALS = re.compile(r"目标|指标")
_ABOUT_GOALS = re.compile(r"说明|情况|管理|公开|报告|评价|工作开展")
_INDICATORS = re.compile(r"(?:年度)?绩效指标[：:]\s*\S")
_GOALS_FOLLOW = re.compile(r"(?:年度|总体|项目)*绩效目标[：:]")
_STATED = re.compile(r"(?:绩效指标|绩效目标)[：:]")
_TITLE = re.compile(r"(?P<year>20\d{2})\s*年.*(?:绩效|目标|自评|监控)")
_YEAR = re.compile(r"(20\d{2})\s*年")
_YEARS = re.compile(r"20\d{2}\s*(?:年度?(?:\d{1,2}月)?)?\s*[-—–~～至到]\s*20\d{2}\s*年")
_DATED = re.compile("填[报表写制](?:日期|时间)|编制(?:日期|时间)")
_DEPARTMENT_LABELS = re.compile(
    r"(?:编制|填报|申报|预算|主管|公开)?(?:部门|单位)(?:\(单位\)|\(部门\))?(?:名称|\(盖章\))?"
)
_MADE_BY_CODE = re.compile(
    r"^[\[【(（]?[\d\s\-—_]{3,}[\]】)）]?(?=[一-鿿])|(?<=[一-鿿])[（(]?\d{3,}[)）]?$|[（(][A-Za-z\d_\-]+[)）]$"
)
_NOTICE = ("演示", "虚构", "模拟数据", "重新编写")
_TITLE_LINES = 20
LONGEST_WITH_A_YEAR = 30
LONGEST_PARAGRAPH = 20_000  # characters; prose of goals is far shorter


def extract_document(path: Path, *, assumed_year: int | None = None) -> TargetDocument:
    """Read a target document.

    `assumed_year` is the fiscal year where the document names none. Raises UnreadableFileError for
    a file that cannot be read, and LayoutError for one that holds no target at all.
    """
    read = read_file(path, read_and_tell, assumed_year)
    if isinstance(read, TargetDocument):
        return replace(read, path=str(path))
    return tell(path, read, assumed_year)


def read_and_tell(path: Path, assumed_year: int | None) -> TargetDocument | ReadFile:
    """Tell in a reader's process what a document says.

    It gives back the contents of one that must be converted first, or that nobody foresaw: whoever
    asked finds the same out, as its own failure.
    """
    file = read_opened(path)
    if file.converted_from is not None:
        return file
    more_seconds(sum(len(each.rows) for each in file.blocks if isinstance(each, Table)) // 500)
    try:
        return tell(path, file, assumed_year)
    except PerfPipelineError:
        raise
    except Exception:
        return file


def tell(path: Path, file: ReadFile, assumed_year: int | None) -> TargetDocument:
    """Return what a document says whose contents are read; raises LayoutError for no target."""
    blocks = lists_as_tables(file.blocks)
    opening = _opening(blocks)
    title, year = _title_and_year(opening, blocks)
    findings = list(file.findings)
    if year is None:
        message = "没有找到年度（如标题“2024年部门整体绩效目标”），日期和年度请核对"
        findings.append(Finding(Severity.WARNING, "year_missing", message, "文件开头"))
        year = assumed_year
    forms = [form for s in segments(blocks) if (form := read_form(s, year)) is not None]
    stated = _goals(blocks)
    goals = [each for each in stated if not is_row(each.text)]
    lost = list(_forms_outside_tables(blocks, [each for each in stated if is_row(each.text)]))
    findings += lost
    department = _department(opening, forms)
    if not department:
        message = "没有写明编制部门（如“某某局编制”）"
        findings.append(Finding(Severity.WARNING, "department_missing", message, "文件开头"))
    promised = read_prose(goals, year)
    findings += _lines_of_work_without_value(goals, promised)
    indicators = [
        *promised,
        *(each for form in forms for each in form.department_indicators),
    ]
    projects = [each for form in forms for each in form.projects]
    tasks = [each for form in forms for each in form.tasks]
    rows = RowAccount(sum(f.rows_read for f in forms), sum(f.rows_unread for f in forms))
    if not projects and not indicators and not tasks:
        found = (*file.findings, *lost, *(f for form in forms for f in form.findings))
        unread = [each.message for each in found if each.severity is not Severity.INFO]
        said = "既没有项目绩效目标表，也没有写明指标的文字"
        raise LayoutError("；".join([said, *unread]), Place(path.name))
    notices = [text for text in opening if any(word in text for word in _NOTICE)]
    return TargetDocument(
        path=str(path),
        sha256=file.sha256,
        department=department,
        fiscal_year=year,
        title=title,
        notice=" ".join(notices) or None,
        department_indicators=tuple(indicators),
        projects=tuple(projects),
        findings=(*findings, *(each for form in forms for each in form.findings)),
        tasks=tuple(tasks),
        score=next((form.score for form in forms if form.score), ""),
        rows=rows,
    )


def _goals(blocks: Iterable[Block]) -> list[Paragraph]:
    """Return the paragraphs that state goals: below a heading of goals, or marked as such.

    Sentences elsewhere, above a form or about last year's work, promise nothing.
    """
    found: list[Paragraph] = []
    inside = under_word = False
    for block in blocks:
        if not isinstance(block, Paragraph):
            inside = False if under_word else inside
            continue
        text = block.text.strip()
        if _GOALS_FOLLOW.fullmatch(text):
            inside = under_word = True
        elif part := _PART.match(text):
            title = part["title"]
            inside = bool(_GOALS.search(title)) and not _ABOUT_GOALS.search(title)
        if (inside or _STATED.match(text)) and len(text) <= LONGEST_PARAGRAPH:
            found.append(block)
    return found


def _lines_of_work_without_value(
    goals: Iterable[Paragraph], promised: Iterable[Indicator]
) -> Iterator[Finding]:
    """Tell the lines of work whose 绩效指标 say nothing that can be measured."""
    read = {each.where for each in promised}
    for line in goals:
        if _INDICATORS.match(line.text.strip()) and line.where not in read:
            yield Finding(
                Severity.WARNING,
                "target_unmeasurable",
                f"“{line.text.strip()[:60]}”没有写明可衡量的指标值，没有读成指标",
                line.where,
                proposal="写成可比较的数值，如“宣传≥4次”“群体性上访0起”",
            )


def _forms_outside_tables(blocks: Sequence[Block], rows: Sequence[Paragraph]) -> Iterator[Finding]:
    """Tell where a form stands among the paragraphs: its heading, in one or several, or `rows`."""
    texts = [block.text if isinstance(block, Paragraph) else "" for block in blocks]
    heads = [part_of(text) in ABOUT_INDICATORS for text in texts]
    runs = zip(heads, heads[1:], heads[2:], strict=False)
    headings = [number for number, run in enumerate(runs) if all(run)]
    headings += [number for number, text in enumerate(texts) if _LEVELS.search(squeeze(text))]
    for block in [*(blocks[number] for number in sorted(headings)), *rows]:
        if isinstance(block, Paragraph):
            message = "像是绩效表格，但表格线已丢失，没有读成表格；请交带表格的 Word 或 Excel 文件"
            yield Finding(Severity.WARNING, "form_unread", message, block.where)
            return


def _opening(blocks: Iterable[Block]) -> list[str]:
    """Return what a document says first: paragraphs, and rows of one cell in its tables."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        else:
            said = ([c.text for c in row if c.text.strip()] for row in block.rows[:4])
            found += [texts[0] for texts in said if len(texts) == 1]
        if len(found) >= _TITLE_LINES:
            break
    return found[:_TITLE_LINES]


def _title_and_year(opening: Sequence[str], blocks: Iterable[Block]) -> tuple[str, int | None]:
    said = (text for text in opening if not text.rstrip().endswith("。"))  # a sentence is no title
    named_one = (text for text in said if not _YEARS.search(text))
    titles = [match for text in named_one if (match := _TITLE.search(text))]
    if titles:
        title = min(titles, key=lambda match: len(match.string))
        return title.string.strip(), int(title["year"])
    named = next((text.strip() for text in opening if re.search("绩效|自评|监控", text)), "")
    rows = (row for block in blocks if isinstance(block, Table) for row in block.rows[:6])
    rows_said = [[text] for text in opening] + [[cell.text for cell in row] for row in rows]
    return named, next((year for texts in rows_said if (year := _year_alone(texts))), None)


def _year_alone(texts: Iterable[str]) -> int | None:
    """Return the year that a row's short texts name; of several (2023年—2025年) none.

    填报日期 says when a form was filled in, not whose year it is of.
    """
    short = [text for text in texts if len(squeeze(text)) <= LONGEST_WITH_A_YEAR]
    if any(_YEARS.search(text) or _DATED.search(squeeze(text)) for text in short):
        return None
    years = {year for text in short for year in _YEAR.findall(text)}
    return int(years.pop()) if len(years) == 1 else None


def _department(opening: Sequence[str], forms: Sequence[FormContents]) -> str:
    for text in opening:
        if made := _MAKER.match(text.strip()):
            return made["department"]
        pair = after_colon(text)
        named = pair is not None and _DEPARTMENT_LABELS.fullmatch(pair[0])
        if pair is not None and named and pair[1].strip() not in FEN_OF_UNIT:
            return _without_code(pair[1])
    return next((_without_code(form.department) for form in forms if form.department), "")


def _without_code(name: str) -> str:
    first = re.split(r"\s{2,}|　|\t", name.strip())[0]
    return _MADE_BY_CODE.sub("", first).strip(" -—_")
