"""Where an installation keeps declarations of registers of its own."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DeclarationFolder(BaseSettings):
    """Where an installation keeps declarations of its own: PERF_DECLARATIONS, or in `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="PERF_", env_file=".env", extra="ignore", frozen=True
    )

    declarations: Path | None = Field(None, description="自己的台账声明所在的文件夹")
