"""Talking to an OpenSearch cluster: several hosts, bounded waits, and what its errors mean here.

The one importer of opensearch-py. What is asked is the callers'; whatever goes wrong leaves this
file as one of `search.errors`.
"""

from __future__ import annotations

import json
import logging
import os
import time
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import opensearchpy
from opensearchpy import OpenSearch

from search.errors import EngineMisconfigured, EngineUnavailable, IndexMissing, SearchError
from search.opensearch_location import Location

SECONDS = 5.0  # that one host may take to answer a search
WRITE_SECONDS = 60.0  # the same for a batch of documents
RETRY_AFTER = 5
PAUSES = (1, 2, 4, 8, 16, 30)  # seconds before a batch is sent again that was too much
# A host that failed is left alone for so long, twice as long when it fails again, at most four
# times: the library's own hour is more than a machine needs to come back.
AVOIDED_SECONDS = 30.0
AVOIDED_DOUBLED = 2

Json = dict[str, Any]

# Whatever it logs leaves this file as an error too, or was expected.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)


class _Overloaded(EngineUnavailable):
    """The cluster refuses a request because others fill its memory or its queues."""


class Cluster:
    """One cluster; safe for several threads. A host that does not answer is left out for a while,
    and another one is asked.
    """

    def __init__(
        self,
        location: Location,
        *,
        user: str = "",
        password: str = "",
        ca_certs: str = "",
        seconds: float = SECONDS,
    ) -> None:
        self.name = location.name
        self.hosts = ", ".join(location.hosts)
        if ca_certs and not os.path.isfile(ca_certs):
            raise EngineMisconfigured(f"HUSTINGS_INDEX_CA names no file: {ca_certs}.")
        options: Json = {"ca_certs": ca_certs} if ca_certs else {}
        if user:
            # Written here, since the library knows no letters beyond Latin-1.
            secret = b64encode(f"{user}:{password}".encode()).decode()
            options["headers"] = {"authorization": f"Basic {secret}"}
        try:
            self._client = OpenSearch(
                hosts=list(location.hosts),
                timeout=seconds,
                # Each host gets its turn, and a lone one a second chance.
                max_retries=max(len(location.hosts) - 1, 1),
                retry_on_timeout=True,
                dead_timeout=AVOIDED_SECONDS,
                timeout_cutoff=AVOIDED_DOUBLED,
                maxsize=16,
                **options,
            )
        except (OSError, opensearchpy.ImproperlyConfigured) as error:
            raise EngineMisconfigured(f"OpenSearch cannot be asked: {error}.") from error

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seconds: float | None = None,
        ignore: Sequence[int] = (),
        **parameters: Any,
    ) -> Any:
        """Ask the cluster; an answer whose status is in `ignore` is given as it is."""
        params: Json = {key: _parameter(value) for key, value in parameters.items()}
        if seconds:
            params["request_timeout"] = seconds
        try:
            return self._client.transport.perform_request(
                method, path, params=params, body=body, ignore=tuple(ignore)
            )
        except opensearchpy.OpenSearchException as error:
            raise self._translate(error) from error

    def _translate(self, error: opensearchpy.OpenSearchException) -> SearchError:
        if not isinstance(error, opensearchpy.TransportError):
            return self.away(type(error).__name__)
        status = error.status_code
        if isinstance(error, opensearchpy.SSLError):
            return EngineMisconfigured(self._why_no_tls(str(error.error)))
        if error.error == "cluster_block_exception" and status in (403, 429):
            return EngineUnavailable(
                f"OpenSearch does not let {self.name!r} be written at {self.hosts}: "
                f"{_reason_of(error.info)}",
                retry_after=RETRY_AFTER,
            )
        if status in (401, 403):
            return EngineMisconfigured(
                f"{self.hosts} refuses the user or the password (status {status}): see "
                "HUSTINGS_INDEX_USER and HUSTINGS_INDEX_PASSWORD_FILE."
            )
        if status == 404:
            return IndexMissing(
                f"Nothing is indexed as {self.name!r} at {self.hosts} yet: "
                "run `hustings sync` or `hustings reindex`."
            )
        if status == 429:
            return _Overloaded(
                f"OpenSearch has too much to do at {self.hosts} ({error.error}).",
                retry_after=RETRY_AFTER,
            )
        if status in ("N/A", "TIMEOUT") or (isinstance(status, int) and status in _TRY_AGAIN):
            return self.away(str(error.error))
        return SearchError(f"{self.hosts} refused a request: {status} {error.error}")

    def _why_no_tls(self, reason: str) -> str:
        """Tell which setting to mend where no encrypted connection came about."""
        if "CERTIFICATE_VERIFY_FAILED" in reason or "doesn't match" in reason:
            return (
                f"The certificate of {self.hosts} was not accepted; HUSTINGS_INDEX_CA names the "
                f"authority that signed it ({reason})."
            )
        return (
            f"{self.hosts} does not speak TLS as https:// in HUSTINGS_INDEX says, unless it is a "
            f"TLS too old or new ({reason})."
        )

    def away(self, why: str) -> EngineUnavailable:
        """Make the error for a cluster that does not answer now."""
        reason = " ".join(why.split())[:200]
        if "http://" in self.hosts and any(sign in reason for sign in _SIGNS_OF_TLS):
            reason += "; if it speaks TLS, HUSTINGS_INDEX must say https://"
        return EngineUnavailable(
            f"OpenSearch does not answer at {self.hosts} ({reason}).", retry_after=RETRY_AFTER
        )

    def search(self, index: str, body: Json) -> Json:
        """Search an index, or a kept moment (empty `index`); an answer of some shards is none."""
        path = f"/{index}/_search" if index else "/_search"
        found: Json = self.ask("POST", path, body, allow_partial_search_results=False)
        return found

    def search_many(self, searches: Sequence[tuple[str, Json]], preference: str = "") -> list[Json]:
        """Answer several searches at once, in their order; those of one `preference` by the same
        copy of the index, as long as it is there.
        """
        if not searches:
            return []
        header: Json = {"allow_partial_search_results": False}
        if preference:
            header["preference"] = preference
        lines: list[Json] = []
        for index, body in searches:
            lines += [{**header, "index": index}, body]
        answers = self.ask("POST", "/_msearch", as_lines(lines))["responses"]
        for answer in answers:
            if "error" in answer:
                raise self._refused(answer["status"], answer["error"])
        return list(answers)

    def _refused(self, status: int, error: Any) -> SearchError:
        kind = str(error.get("type", error)) if isinstance(error, dict) else str(error)
        return self._translate(opensearchpy.TransportError(status, kind, error))

    def write(self, index: str, lines: str) -> None:
        """Write a batch of actions as JSON lines; wait while the cluster has too much to do, and
        raise if any of them was refused.
        """
        for pause in PAUSES:
            try:
                self._write_once(index, lines)
            except _Overloaded:
                time.sleep(pause)  # then all again: what was written already is written alike
            else:
                return
        self._write_once(index, lines)

    def _write_once(self, index: str, lines: str) -> None:
        answer = self.ask("POST", f"/{index}/_bulk", lines, seconds=WRITE_SECONDS)
        if not answer.get("errors"):
            return
        for item in answer["items"]:
            action, result = next(iter(item.items()))
            if result["status"] >= 300 and (action, result["status"]) not in _AS_WANTED:
                raise self._refused(result["status"], result.get("error", {}))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


# What is to be taken away is gone; what is to be added is there.
_AS_WANTED = {("delete", 404), ("create", 409)}
# How a server that awaits TLS ends a connection which begins with plain HTTP.
_SIGNS_OF_TLS = ("RemoteDisconnected", "Connection aborted", "BadStatusLine")
_TRY_AGAIN = frozenset({408, 500, 502, 503, 504})


def _reason_of(info: Any) -> str:
    """Give the words of an error, whose details lie one level deeper where it is all there is."""
    details = info.get("error", info) if isinstance(info, dict) else info
    reason = details.get("reason", "") if isinstance(details, dict) else details
    return " ".join(str(reason).split())[:300]


def as_lines(items: Iterable[Mapping[str, Any]]) -> str:
    """Write JSON lines, in ASCII, so that no byte of hostile mail can be misread."""
    return "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in items)


def _parameter(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
