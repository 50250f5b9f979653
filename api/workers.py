"""Serving with several processes before one socket: who watches them, and what each of them has.

Each has an engine and an application of its own and shares nothing with the others but the socket.
The first process answers nothing: it starts the others, and another one for any that died or hangs.
What must run once, such as healing the index, runs there.
"""

from __future__ import annotations

import signal
import socket
from contextlib import closing
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.command_parts import engine_options, vocabulary
from api.garbage import spare_collections
from api.logs import start_logs
from api.serving import SERVER_OPTIONS, warm_up
from api.settings import Settings
from search import open_engine


def make_worker_app(settings: Settings) -> FastAPI:
    """Put together what one worker serves; called in the worker's own process."""
    start_logs(settings.log_format, settings.log_level)
    engine = open_engine(settings.index_location, vocabulary(), **engine_options(settings))
    app = create_app(engine, vocabulary(), settings)
    warm_up(app)
    spare_collections()
    return app


def serve_with_workers(settings: Settings, sock: socket.socket) -> None:
    """Serve with as many processes as are set, until a signal."""
    config = uvicorn.Config(
        partial(make_worker_app, settings),
        factory=True,
        workers=settings.workers,
        timeout_worker_healthcheck=10,
        **SERVER_OPTIONS,
    )
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with closing(sock):
            Multiprocess(config, [sock]).run()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
