"""What may stay Chinese where English is spoken: names, and the words of documents and files."""

import re
from pathlib import Path

from sqlalchemy import Engine, Text, select

from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports.notices import made_up
from perf_pipeline.warehouse.schema import (
    case_limit,
    department,
    indicator,
    project,
    register_tables,
    source_file,
    target,
)

HAN = re.compile("[\u3400-\u9fff]")
QUOTED = re.compile(
    "“[^“”]*”|《[^《》]*》(（[^（）]*）)?(第[一二三四五六七八九十百]+条)?|财预〔\\d+〕\\d+号"
)
QUANTITY = re.compile(r"[\d,.]+[\u3400-\u9fff]{1,2}(?![\u3400-\u9fff])")  # in a document's unit


def own_words(engine: Engine) -> list[str]:
    """Return the names and words of documents, files and their rows, the longest first."""
    words = {"中文"}  # of the switch
    for declared in load_registers():
        words |= {declared.label, *(column.label for column in declared.columns)}
        words |= {each.label for each in MEASURES}
        words |= {choice for column in declared.columns for choice in column.choices}
    tables = (department, project, indicator, target, case_limit)
    with engine.connect() as connection:
        for table in (*tables, *register_tables.values()):
            texts = [each for each in table.c if isinstance(each.type, Text)]
            for row in connection.execute(select(*texts).distinct()) if texts else ():
                words.update(value for value in row if value)
        for path, notice in connection.execute(select(source_file.c.path, source_file.c.notice)):
            words |= {path, path.split("/", 2)[-1], Path(path).name, notice or ""}
            words |= {part for part in re.split("[（）；：、]", notice or "") if len(part) > 3}
            words.add(made_up([notice or ""]) or "")
    words |= {part for word in words for part in re.split("[　。\n]", word)}
    return sorted((each for each in words if HAN.search(each)), key=len, reverse=True)


def without(words: list[str], line: str) -> str:
    for word in words:
        line = line.replace(word, "")
    if line.endswith("…"):  # a header that is cut short
        line = re.sub("[\u3400-\u9fff，]+…$", "", line)
    return QUANTITY.sub("", QUOTED.sub("", line))
