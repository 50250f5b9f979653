"""What can go wrong while indexing and searching, as one family.

    SearchError
    ├── IndexMissing        nothing was indexed yet
    ├── IndexBroken         the index cannot be read; it is rebuilt from the catalogue
    ├── IndexVersion        written by another release that this one cannot read
    ├── EngineUnavailable   the engine does not answer now (OpenSearch); try again later
    ├── EngineMisconfigured a setting or an extra is missing
    ├── IndexBusy           another process is writing
    └── IndexUnwritable     its folder cannot be written: the disk is full, or read-only

A query never raises: what could not be read of it comes back as a notice.
"""


class SearchError(Exception):
    """Base of the family; `str()` is the line a person reads."""


class IndexMissing(SearchError):
    """Nothing was indexed yet."""


class IndexBroken(SearchError):
    """The index cannot be read; it is rebuilt from the catalogue."""


class IndexVersion(SearchError):
    """Written by another release that this one cannot read."""


class EngineUnavailable(SearchError):
    """The engine does not answer now; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineMisconfigured(SearchError):
    """A setting or an extra is missing."""


class IndexBusy(SearchError):
    """Another process is writing."""


class IndexUnwritable(SearchError):
    """Its folder cannot be written: the disk is full, or read-only."""
