"""Messages as text files, for those who have no mail server, and for trying things out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from perf_pipeline.alerts.channels.channel import Channel, TryLater
from perf_pipeline.alerts.message import Message
from perf_pipeline.domain.faults import disk_words


class FileChannel(Channel):
    """Writes each message as a file named by its key: written again, it is the same file."""

    kind: Literal["file"]
    folder: Path

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Write the file whole or not at all."""
        path = self.folder / f"{message.key}.txt"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".part")
            half.write_text(f"{message.title}\n\n{message.text}\n", "utf-8")
            os.replace(half, path)
        except OSError as error:
            raise TryLater(f"预警文件写不进 {self.folder}（{disk_words(error)}）", 60) from error
