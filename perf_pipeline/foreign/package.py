"""Opening zipped Office files (.docx, .xlsx) within bounds, before any library unpacks them.

A file of a few kilobytes can unpack to gigabytes, and its XML can define entities that grow
without end; neither belongs in a target document.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.workbook import DAMAGE, refuse_twice

LARGEST_UNPACKED = 256 * 1024**2
LARGEST_PART = 32 * 1024**2
MOST_PARTS = 5_000
MOST_TAGS = 1_500_000


class Package:
    """The parts of a zipped Office file, each read within bounds."""

    def __init__(self, archive: zipfile.ZipFile, place: Place) -> None:
        """Take an open archive whose sizes have been looked at."""
        self._archive = archive
        self._place = place
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """Return a part; raises UnreadableFileError where it is larger than a part may be."""
        with self._archive.open(name) as stream:
            content = stream.read(LARGEST_PART + 1)
        if len(content) > LARGEST_PART:
            raise UnreadableFileError(
                f"{name} 大于{LARGEST_PART // 1024**2}MB，不读取", self._place
            )
        return content

    def xml(self, name: str) -> etree._Element:
        """Return a part's XML; raises UnreadableFileError for one that defines entities."""
        content = self._without_entities(name)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        return etree.fromstring(content, parser)

    def _without_entities(self, name: str) -> bytes:
        content = self.read(name)
        # in UTF-16 each sign is two bytes, of which one is nought
        if b"<!DOCTYPE" in content[:8192].replace(b"\x00", b"") or b"<!ENTITY" in content:
            raise UnreadableFileError(f"{name} 定义了 XML 实体，可能有害，不读取", self._place)
        if content.count(b"<") > MOST_TAGS:
            raise UnreadableFileError(
                f"{name} 多于{MOST_TAGS}个标记，大得不像绩效目标文件", self._place
            )
        return content


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a zipped Office file.

    Raises UnreadableFileError for a file that is none, is damaged, or would unpack to more than
    memory should hold; also for damage met while its parts are read.
    """
    place = Place(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            refuse_twice(archive, place)
            unpacked = sum(entry.file_size for entry in entries)
            largest = max((e.file_size for e in entries if e.filename.endswith(".xml")), default=0)
            if unpacked > LARGEST_UNPACKED or largest > LARGEST_PART or len(entries) > MOST_PARTS:
                raise UnreadableFileError(
                    f"解压后有{unpacked // 1024**2}MB、{len(entries)}个部分，"
                    "大得不像绩效目标文件，不读取",
                    place,
                )
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFileError("文件已加密，请另存为不加密的文件", place)
            yield Package(archive, place)
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError("文件已损坏，内容不完整", place) from error
    except (*DAMAGE, OSError, ValueError) as error:
        raise UnreadableFileError("文件已损坏，或没有传完整", place) from error
