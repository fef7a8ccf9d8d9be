"""What all channels have in common: limits, secrets by name, and three kinds of failure."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from perf_pipeline.alerts.message import Message
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError, PerfPipelineError


class Refused(PerfPipelineError):  # noqa: N818 - what the other side did
    """The other side will not take the message, however often it is tried.

    `left` are the addresses that did not get it, where others of the same message did.
    """

    def __init__(self, message: str, left: Sequence[str] = ()) -> None:
        self.left = tuple(left)
        super().__init__(message)


class Unclear(PerfPipelineError):  # noqa: N818 - what is known
    """The line broke before the answer: nobody here knows whether the message arrived."""


class TryLater(PerfPipelineError):  # noqa: N818 - what to do
    """The other side took nothing now; the same message may be tried again.

    `left` are the addresses that it is for then, where others have had it or will never take it;
    such a wait concerns these addresses alone, any other the whole channel.
    """

    def __init__(self, message: str, after_seconds: int, left: Sequence[str] = ()) -> None:
        self.after_seconds = after_seconds
        self.left = tuple(left)
        super().__init__(message)


class Channel(Declared, ABC):
    """A way to reach people: `send` returns when the other side has taken the message.

    `largest` is the most bytes that a message's lines may take, `per_minute` the most messages
    that the other side takes in a minute.
    """

    largest: ClassVar[int] = 200_000
    per_minute: ClassVar[int] = 60

    @abstractmethod
    def send(self, message: Message, to: Sequence[str]) -> None:
        """Tell `to` (addresses, where the channel has any); raises Refused, TryLater or Unclear."""


def secret(name: str) -> str:
    """Read a secret from the environment; raises ConfigurationError where it is not set."""
    value = os.environ.get(name, "")
    if not value:
        raise ConfigurationError(f"环境变量 {name} 没有设置，预警渠道需要它")
    return value
