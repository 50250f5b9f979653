"""Archive bytes to candidacies: everything left of the index.

Nothing is imported here, so that `search` can take `ingest.records` without the rest.
"""

__version__ = "0.1.0"
