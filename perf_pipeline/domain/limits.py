"""The limits of the lights: configuration, since every province sets its own."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class Limits(BaseModel):
    """Limits of the spending deviation in hundredths of a percentage point (basis points)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    yellow_bp: int = -1000  # below: yellow
    red_bp: int = -2000  # below: red
    ahead_bp: int = 2000  # above: flagged as far ahead of plan

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.red_bp <= self.yellow_bp <= 0 <= self.ahead_bp:
            raise ValueError("limits must satisfy red ≤ yellow ≤ 0 ≤ ahead")
        return self
