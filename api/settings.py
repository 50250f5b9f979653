"""Every setting, in one table: name, meaning, default, bounds. The only reader of the environment.

A setting `name` is the variable `HUSTINGS_NAME`; an option of a command wins over it. Values are
read once, by the commands, and handed on as plain arguments, so nothing else looks at the
environment. docs/settings.md follows the order of this table.
"""

from __future__ import annotations

import os
import sys
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

OPENSTACK_DEV = "https://lists.openstack.org/pipermail/openstack-dev/"

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def user_data_folder() -> Path:
    """Give the folder where this system keeps a user's data, for programs to make theirs in."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "hustings"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/hustings"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "hustings"


def _split_words(value: Any) -> Any:
    """Read a list as people write one in a variable: words with spaces or commas between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _read_seconds(value: Any) -> Any:
    """Read `90`, `90s`, `15m`, `6h` or `1d` as seconds."""
    if isinstance(value, str) and value[-1:] in _SECONDS and value[:-1].isdecimal():
        return int(value[:-1]) * _SECONDS[value[-1]]
    if isinstance(value, str) and not value.isdecimal():
        raise ValueError(f"{value} is no length of time: write 90s, 15m, 6h or 1d")
    return value


def _read_networks(value: Any) -> Any:
    return tuple(ip_network(word, strict=False) for word in _split_words(value))


def _check_base_url(value: Any) -> Any:
    if not value:
        return ""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "must be like https://hustings.example.org or https://example.org/hustings"
        )
    return str(value).rstrip("/")


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_words)]
Seconds = Annotated[int, BeforeValidator(_read_seconds)]
Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_read_networks)
]
BaseUrl = Annotated[str, BeforeValidator(_check_base_url)]


class Settings(BaseSettings):
    """The table, in the order of the manual: data, serving, sync, privacy, limits, logs."""

    model_config = SettingsConfigDict(
        env_prefix="HUSTINGS_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data: Path = Field(
        default_factory=user_data_folder,
        description="The data folder: raw months, catalogue and index.",
        examples=["/var/lib/hustings"],
    )
    archives: Words = Field(
        default=(OPENSTACK_DEV,),
        description="The archives to follow: addresses of Pipermail or HyperKitty lists, or local "
        "mailboxes and folders, with spaces between.",
        examples=["https://lists.example.org/pipermail/dev/ /srv/old.mbox.gz"],
    )
    index: str = Field(
        default="",
        description="Where the index is: empty for Whoosh in the data folder, another folder, or "
        "the addresses of an OpenSearch cluster with commas between.",
        examples=["https://search1.example.org:9200,https://search2.example.org:9200"],
    )
    index_user: str = Field(
        default="", description="The user to log in to OpenSearch as.", examples=["hustings"]
    )
    index_password: SecretStr = Field(
        default=SecretStr(""),
        description="That user's password; a file is safer.",
        examples=["(not shown)"],
    )
    index_password_file: Path | None = Field(
        default=None,
        description="A file that holds that user's password.",
        examples=["/run/secrets/opensearch"],
    )
    index_ca: Path | None = Field(
        default=None,
        description="The certificate authority of the OpenSearch cluster, where it is its own.",
        examples=["/etc/hustings/ca.pem"],
    )

    host: str = Field(
        default="127.0.0.1",
        description="The address to listen on; `0.0.0.0` or `::` for every interface.",
        examples=["0.0.0.0"],  # noqa: S104 an example in the manual
    )
    port: int = Field(
        default=8000, ge=0, le=65535, description="The port; 0 takes a free one.", examples=[8080]
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description=(
            "How many processes `hustings serve` answers with; each counts its clients' requests"
            " and its figures for itself."
        ),
        examples=[4],
    )
    base_url: BaseUrl = Field(
        default="",
        description="The address under which the public reaches this server, with its path if it "
        "has one: used in feeds, links and the sitemap. Unset: as each request names it.",
        examples=["https://example.org/hustings"],
    )
    allowed_hosts: Words = Field(
        default=("*",),
        description="The host names this server answers to; `*` for any.",
        examples=["hustings.example.org"],
    )

    sync_every: Seconds = Field(
        default=6 * 3600,
        ge=60,
        description="How long `up` waits between two syncs: `90s`, `15m`, `6h`, `1d`.",
        examples=["1h"],
    )
    sync_pause: float = Field(
        default=0.0,
        ge=0,
        le=60,
        description="Seconds to pause between two requests to an archive's server.",
        examples=[1.0],
    )
    sync_hosts: Words = Field(
        default=(),
        description="Hosts beside an archive's own that a sync may fetch from.",
        examples=["attachments.example.org"],
    )
    contact: str = Field(
        default="",
        description="An address or page put in the User-Agent, so that an archive's keeper can "
        "reach you.",
        examples=["https://example.org/about-our-robot"],
    )
    sample: bool = Field(
        default=False,
        description="Whether `up` serves the sample archive instead of following any.",
        examples=[True],
    )

    show_addresses: bool = Field(
        default=False,
        description="Whether mail addresses are shown as they are; else as `user at example.org`.",
        examples=[True],
    )

    rate_limit: int | None = Field(
        default=None,
        ge=0,
        description="Requests a minute that one client may make; 0 for no limit. Unset: 300, and "
        "no limit for clients on the loopback interface.",
        examples=[120],
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="The proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, as "
        "addresses or networks.",
        examples=["10.0.0.0/8 fd00::/8"],
    )
    search_concurrency: int = Field(
        default=2,
        ge=1,
        le=256,
        # Python works on one at a time: two keep short searches from waiting for a long one, and
        # with four the slowest of a hundred took twice as long.
        description=(
            "How many requests each process works on at once; more help with OpenSearch, which"
            " works elsewhere."
        ),
        examples=[8],
    )
    search_queue: int = Field(
        default=128,
        ge=0,
        le=10_000,
        description="How many requests may wait for their turn; more are told to come back (503).",
        examples=[32],
    )
    search_wait: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="Seconds a request may wait for its turn.",
        examples=[2.0],
    )
    export_concurrency: int = Field(
        default=2, ge=1, le=64, description="How many exports run at once.", examples=[4]
    )

    log_format: Literal["plain", "json"] = Field(
        default="plain", description="How log lines look.", examples=["json"]
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious lines to log.", examples=["warning"]
    )

    @property
    def index_location(self) -> str:
        """Where the index is, the default spelt out."""
        return self.index or str(self.data / "index")

    @property
    def root_path(self) -> str:
        """The path below which the public reaches this server, empty for the whole host."""
        return urlsplit(self.base_url).path


def load_settings(**given: Any) -> Settings:
    """Read the environment, given options winning; raise `ValueError` naming the variable."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        message = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"HUSTINGS_{name.upper()}: {message}") from error
