"""The limits of the lights and of the audit: configuration, since every province sets its own.

A province, its districts and their departments may each set limits; the nearest level wins, limit
by limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, StrictInt, model_validator

from perf_pipeline.domain.declared import Declared

MOST_BP = 100_000  # ten times the budget: beyond it a limit is a mistake
ORDER = "须满足 red_bp ≤ yellow_bp ≤ 0 ≤ ahead_bp"


class Limits(Declared):
    """Limits of the spending deviation in hundredths of a percentage point (basis points)."""

    yellow_bp: int = Field(-1000, description="偏差低于此为黄灯，万分之一")
    red_bp: int = Field(-2000, description="偏差低于此为红灯，万分之一")
    ahead_bp: int = Field(2000, description="偏差高于此为超前，万分之一")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.red_bp <= self.yellow_bp <= 0 <= self.ahead_bp:
            raise ValueError(ORDER)
        return self


class OwnLimits(Declared):
    """The limits that one level sets itself; what it leaves out is set by the level above."""

    yellow_bp: StrictInt | None = Field(None, ge=-MOST_BP, le=0)
    red_bp: StrictInt | None = Field(None, ge=-MOST_BP, le=0)
    ahead_bp: StrictInt | None = Field(None, ge=0, le=MOST_BP)

    def over(self, above: Limits) -> Limits:
        """Return the level's limits, with those of the level above where it sets none.

        Raises ValueError when they do not go together.
        """
        own = self.model_dump(include=set(Limits.model_fields), exclude_none=True)
        return Limits(**{**above.model_dump(), **own})


class District(OwnLimits):
    """A district (区县): its limits, and the codes of its departments."""

    departments: tuple[str, ...] = ()


class LimitLevels(Declared):
    """What `limits.yaml` holds: the limits of province, districts and departments."""

    province: OwnLimits = OwnLimits()
    districts: Mapping[str, District] = {}
    departments: Mapping[str, OwnLimits] = {}

    def resolved(self, general: Limits) -> tuple[Limits, dict[str, Limits]]:
        """Return the limits for all, and those of departments that a nearer level gives others.

        Raises ValueError, with the key in its words, when limits do not go together or a
        department is of two districts.
        """
        province = _over("province", self.province, general)
        nearer: dict[str, Limits] = {}
        for key, code, own in self._nearer():
            if key.startswith("districts") and code in nearer:
                raise ValueError(f"{key}：部门“{code}”列在两个区县里")
            nearer[code] = _over(key, own, nearer.get(code, province))
        return province, nearer

    def _nearer(self) -> Iterator[tuple[str, str, OwnLimits]]:
        """Go through what sets a department's limits, from its district to itself."""
        for name, district in self.districts.items():
            for code in district.departments:
                yield f"districts.{name}", code, district
        for code, own in self.departments.items():
            yield f"departments.{code}", code, own


def _over(key: str, own: OwnLimits, above: Limits) -> Limits:
    try:
        return own.over(above)
    except ValueError:
        raise ValueError(f"{key}：与上一级的界限合在一起，{ORDER}") from None


class AuditLimits(Declared):
    """What the ledger's internal audit looks for: the department's own rules, in whole fen."""

    approval_limit_fen: int = Field(5_000_000, gt=0, description="达到此数的支付须上一级审批，分")
    near_limit_bp: int = Field(
        9_000, ge=0, le=10_000, description="达到审批限额的这一比例为“略低于限额”，万分之一"
    )
    split_days: int = Field(7, ge=0, le=366, description="几天之内的两笔支付可能是拆开的一笔")
    round_fen: int = Field(1_000_000, gt=0, description="此数的整倍数为整数金额，分")
    payee_once_fen: int = Field(1_000_000, ge=0, description="付给新收款人的，低于此数不提示，分")
    price_slack_bp: int = Field(
        500, ge=0, le=10_000, description="单价与承诺相差在此之内不提示，万分之一"
    )
