"""Atom feeds: any search, one project, one candidate, one cycle."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
