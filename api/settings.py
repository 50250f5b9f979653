"""Every setting, in one table: name, meaning, default, bounds. The only reader of the environment.

A setting `name` is the variable `HUSTINGS_NAME`; an option of a command wins over it. Values are
read once, by the commands, and handed on as plain arguments, so nothing else looks at the
environment. docs/settings.md follows the order of this table. How a value is read
is in `setting_values`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import Field, dataclass, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.setting_values import (
    number,
    one_of,
    or_none,
    read_base_url,
    read_flag,
    read_networks,
    read_seconds,
    read_words,
    setting,
)

OPENSTACK_DEV = "https://lists.openstack.org/pipermail/openstack-dev/"

_PREFIX = "HUSTINGS_"


def user_data_folder() -> Path:
    """Give the folder where this system keeps a user's data, for programs to make theirs in."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "hustings"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/hustings"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "hustings"


@dataclass(frozen=True, slots=True)
class Settings:
    """The table, in the order of the manual: data, serving, sync, privacy, limits, logs."""

    data: Path = setting(
        user_data_folder,
        Path,
        description="The data folder: raw months, catalogue and index.",
        examples=["/var/lib/hustings"],
    )
    archives: tuple[str, ...] = setting(
        (OPENSTACK_DEV,),
        read_words,
        description="The archives to follow: addresses of Pipermail or HyperKitty lists, or local "
        "mailboxes and folders, with spaces between.",
        examples=["https://lists.example.org/pipermail/dev/ /srv/old.mbox.gz"],
    )
    index: str = setting(
        "",
        str,
        description="Where the index is: empty for Whoosh in the data folder, another folder, or "
        "the addresses of an OpenSearch cluster with commas between.",
        examples=["https://search1.example.org:9200,https://search2.example.org:9200"],
    )
    index_user: str = setting(
        "", str, description="The user to log in to OpenSearch as.", examples=["hustings"]
    )
    index_password: str = setting(
        "",
        str,
        description="That user's password; a file is safer.",
        examples=["(not shown)"],
    )
    index_password_file: Path | None = setting(
        None,
        or_none(Path),
        description="A file that holds that user's password.",
        examples=["/run/secrets/opensearch"],
    )
    index_ca: Path | None = setting(
        None,
        or_none(Path),
        description="The certificate authority of the OpenSearch cluster, where it is its own.",
        examples=["/etc/hustings/ca.pem"],
    )

    host: str = setting(
        "127.0.0.1",
        str,
        description="The address to listen on; `0.0.0.0` or `::` for every interface.",
        examples=["0.0.0.0"],  # noqa: S104 an example in the manual
    )
    port: int = setting(
        8000, number(int, 0, 65535), description="The port; 0 takes a free one.", examples=[8080]
    )
    workers: int = setting(
        1,
        number(int, 1, 64),
        description=(
            "How many processes `hustings serve` answers with; each counts its clients' requests"
            " and its figures for itself."
        ),
        examples=[4],
    )
    base_url: str = setting(
        "",
        read_base_url,
        description="The address under which the public reaches this server, with its path if it "
        "has one: used in feeds, links and the sitemap. Unset: as each request names it.",
        examples=["https://example.org/hustings"],
    )
    allowed_hosts: tuple[str, ...] = setting(
        ("*",),
        read_words,
        description="The host names this server answers to; `*` for any.",
        examples=["hustings.example.org"],
    )

    sync_every: int = setting(
        6 * 3600,
        read_seconds,
        description="How long `up` waits between two syncs: `90s`, `15m`, `6h`, `1d`.",
        examples=["1h"],
    )
    sync_pause: float = setting(
        0.0,
        number(float, 0, 60),
        description="Seconds to pause between two requests to an archive's server.",
        examples=[1.0],
    )
    sync_hosts: tuple[str, ...] = setting(
        (),
        read_words,
        description="Hosts beside an archive's own that a sync may fetch from.",
        examples=["attachments.example.org"],
    )
    contact: str = setting(
        "",
        str,
        description="An address or page put in the User-Agent, so that an archive's keeper can "
        "reach you.",
        examples=["https://example.org/about-our-robot"],
    )
    sample: bool = setting(
        False,
        read_flag,
        description="Whether `up` serves the sample archive instead of following any.",
        examples=[True],
    )

    show_addresses: bool = setting(
        False,
        read_flag,
        description="Whether mail addresses are shown as they are; else as `user at example.org`.",
        examples=[True],
    )

    rate_limit: int | None = setting(
        None,
        or_none(number(int, 0, 10**9)),
        description="Requests a minute that one client may make; 0 for no limit. Unset: 300, and "
        "no limit for clients on the loopback interface.",
        examples=[120],
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        (),
        read_networks,
        description="The proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, as "
        "addresses or networks.",
        examples=["10.0.0.0/8 fd00::/8"],
    )
    search_concurrency: int = setting(
        2,
        number(int, 1, 256),
        # Python works on one at a time: two keep short searches from waiting for a long one, and
        # with four the slowest of a hundred took twice as long.
        description=(
            "How many requests each process works on at once; more help with OpenSearch, which"
            " works elsewhere."
        ),
        examples=[8],
    )
    search_queue: int = setting(
        128,
        number(int, 0, 10_000),
        description="How many requests may wait for their turn; more are told to come back (503).",
        examples=[32],
    )
    search_wait: float = setting(
        5.0,
        number(float, 0.001, 60),
        description="Seconds a request may wait for its turn.",
        examples=[2.0],
    )
    export_concurrency: int = setting(
        2, number(int, 1, 64), description="How many exports run at once.", examples=[4]
    )

    log_format: str = setting(
        "plain", one_of("plain", "json"), description="How log lines look.", examples=["json"]
    )
    log_level: str = setting(
        "info",
        one_of("debug", "info", "warning", "error"),
        description="The least serious lines to log.",
        examples=["warning"],
    )

    def __post_init__(self) -> None:
        """Check every value, and turn text into what it stands for."""
        for one in fields(self):
            try:
                found = one.metadata["read"](getattr(self, one.name))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{variable_of(one.name)}: {error}") from error
            object.__setattr__(self, one.name, found)

    @property
    def index_location(self) -> str:
        """Where the index is, the default spelt out."""
        return self.index or str(self.data / "index")

    @property
    def root_path(self) -> str:
        """The path below which the public reaches this server, empty for the whole host."""
        return urlsplit(self.base_url).path


def table() -> dict[str, Field[Any]]:
    """Give each setting by its name, in the order of the manual."""
    return {one.name: one for one in fields(Settings)}


def variable_of(name: str) -> str:
    """Name the variable of a setting."""
    return _PREFIX + name.upper()


def load_settings(**given: Any) -> Settings:
    """Read the environment, given options winning; raise `ValueError` naming the variable."""
    named = {name.upper(): text for name, text in os.environ.items() if text}
    chosen = {name: value for name, value in given.items() if value is not None}
    found = {name: named.get(variable_of(name)) for name in table()}
    return Settings(
        **{name: value for name, value in {**found, **chosen}.items() if value is not None}
    )
