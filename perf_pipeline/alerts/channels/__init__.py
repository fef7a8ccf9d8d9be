"""Channels (渠道): the ways to reach people, each with its own limits and errors.

A channel is configured by one of the classes here; secrets are named in the configuration and
read from the environment when something is sent, so that no file or log holds them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from perf_pipeline.alerts.channels.channel import Channel, Refused, TryLater, Unclear
from perf_pipeline.alerts.channels.file import FileChannel
from perf_pipeline.alerts.channels.mail import MailChannel
from perf_pipeline.alerts.channels.robots import DingTalkRobot, FeishuRobot, WeComRobot
from perf_pipeline.alerts.channels.webhook import WebhookChannel

__all__ = ["AnyChannel", "Channel", "Refused", "TryLater", "Unclear"]

AnyChannel = Annotated[
    FileChannel | MailChannel | WeComRobot | DingTalkRobot | FeishuRobot | WebhookChannel,
    Field(discriminator="kind"),
]
