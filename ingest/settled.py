"""Whether anything is left to do: months that were not read, mails whose candidacies are not found.

Asked at each sync before what reads and judges mails is even imported. Most syncs find nothing
changed, and are over before that; it would be the larger part of their time.
"""

from __future__ import annotations

from ingest.removals import read_removals
from ingest.stored_facts import StoredArchive
from ingest.street import Street


def unread_months(street: Street, archive: StoredArchive) -> list[str]:
    """Name the months that lie in the folder and are not in the catalogue as they are."""
    known = {row.name: row for row in street.catalogue.months.of_archive(archive.name)}
    held = street.store.months(archive.name)
    stamps = {name: street.store.stamp(archive.name, name) for name in held}
    lost = [name for name, row in known.items() if row.digest and name not in stamps]
    changed = [
        name
        for name, stamp in stamps.items()
        if name not in known or (known[name].packed_size, known[name].packed_time) != stamp
    ]
    order = {name: row.start for name, row in known.items()}
    return sorted(lost + changed, key=lambda name: (order.get(name, ""), name))


def is_all_read(street: Street) -> bool:
    """Whether the catalogue has every month that is held."""
    return not any(unread_months(street, archive) for archive in street.store.archives())


def is_all_judged(street: Street) -> bool:
    """Whether the candidacies are what the mails, the parts had and the removals make them."""
    catalogue = street.catalogue
    return (
        bool(catalogue.read("assembled"))
        and not catalogue.read("pages_due")
        and catalogue.read("removals") == read_removals(street.store.folder).digest
        and not catalogue.due.touched()
        and not catalogue.due.waiting()
    )
