"""The base of every settings class: data only, frozen, unknown keys refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Settings of one operator or stage; equal settings have equal JSON, which fingerprints rely on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
