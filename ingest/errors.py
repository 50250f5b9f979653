"""What can go wrong while pulling and reading archives, as one family.

    IngestError
    ├── ArchiveError            an archive as a whole could not be used
    │   ├── ArchiveUnreachable      no answer, refused, timed out, or an answer that says no
    │   └── NotAnArchive            it answered, but with something else than an archive
    ├── MonthError              one month could not be had; the others go on
    │   ├── MonthMissing            the index names it, the server has it not
    │   ├── MonthBroken             no mbox, broken gzip, cut short, or unpacks beyond the limit
    │   └── MonthShrank             much smaller than the copy we hold
    ├── WebError                an address gave nothing usable; sources say whose it is
    │   ├── PageMissing             the server has it not (404, 410)
    │   ├── RedirectRefused         it leads to another host, or in a circle
    │   └── BodyBroken              cut short, too slow, too large, or a gzip that does not unpack
    ├── DataFolderError         the data folder cannot be used as it is
    │   ├── DataFolderUnwritable    read-only, full, or not ours
    │   ├── DataFolderBusy          another sync holds the lock
    │   ├── DataFolderVersion       written by another release that this one cannot read
    │   ├── RemovalsUnreadable      nobody can tell who asked to be left out
    │   └── CatalogueBroken         damaged or of another release; rebuilt from the raw months
    └── ElectionTableError      elections.toml contradicts itself

Each message is one line that names the culprit and says what to do; the data is in attributes.
"""


class IngestError(Exception):
    """Base of the family; `str()` is the line a person reads."""


class ArchiveError(IngestError):
    """An archive as a whole could not be used."""

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class ArchiveUnreachable(ArchiveError):
    """No answer, refused, timed out, or an answer that says no."""


class NotAnArchive(ArchiveError):
    """It answered, but with something else than an archive."""


class MonthError(IngestError):
    """One month could not be had; the others go on."""

    def __init__(self, message: str, *, month: str) -> None:
        super().__init__(message)
        self.month = month


class MonthMissing(MonthError):
    """The index names it, the server has it not."""


class MonthBroken(MonthError):
    """No mbox, broken gzip, cut short, or unpacks beyond the limit."""


class MonthShrank(MonthError):
    """Much smaller than the copy we hold."""


class WebError(IngestError):
    """An address gave nothing usable; sources say whose archive or month it is."""

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class PageMissing(WebError):
    """The server has it not (404, 410)."""


class RedirectRefused(WebError):
    """It leads to another host, or in a circle."""


class BodyBroken(WebError):
    """Cut short, too slow, too large, or a gzip that does not unpack."""


class DataFolderError(IngestError):
    """The data folder cannot be used as it is."""

    def __init__(self, message: str, *, folder: str) -> None:
        super().__init__(message)
        self.folder = folder


class DataFolderUnwritable(DataFolderError):
    """Read-only, full, or not ours."""


class DataFolderBusy(DataFolderError):
    """Another sync holds the lock."""


class DataFolderVersion(DataFolderError):
    """Written by another release that this one cannot read."""


class RemovalsUnreadable(DataFolderError):
    """The list of removals is there and cannot be read."""


class CatalogueBroken(DataFolderError):
    """Damaged or of another release; rebuilt from the raw months."""


class ElectionTableError(IngestError):
    """elections.toml contradicts itself."""
