"""The limits of the lights and of the audit: configuration, since every place sets its own."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


class AuditLimits(BaseModel):
    """What the ledger's internal audit looks for: the department's own rules, in whole fen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval_limit_fen: int = Field(5_000_000, gt=0)  # from here a payment needs more approval
    near_limit_bp: int = Field(9_000, ge=0, le=10_000)  # "just under": this share of the limit
    split_days: int = Field(7, ge=0, le=366)  # days within which two payments may be one, split
    round_fen: int = Field(1_000_000, gt=0)  # whole multiples of this are round amounts
    payee_once_fen: int = Field(1_000_000, ge=0)  # smaller payments to a new payee are let be
