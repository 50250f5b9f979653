"""The JSON API for one candidacy at a time: request in, engine called, payload out."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1")
