"""What people declare or set (声明): read whole, never changed, and no key that nobody knows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Declared(BaseModel):
    """The base of what is read from declarations and settings: frozen, other keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
