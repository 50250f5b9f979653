"""Writes the bundled sample archive and what is known of it: `python -m bench.make_sample`.

The archive goes into the package, the truth to `tests/data/sample_truth.json`. Both are kept in the
repository, and a test says when they no longer are what the source mails make.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path

from bench.pipermail_articles import MailingList, decoded, obscure
from bench.pipermail_site import Written, write_site
from bench.sample_mails import SampleMail, read_mails, render, to_articles

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "ingest" / "sample_archive"
TRUTH = ROOT / "tests" / "data" / "sample_truth.json"
LIST = MailingList(
    "openstack-dev-sample", "lists.example.org", datetime(2023, 9, 15, 3, 30, tzinfo=UTC)
)


def make_sample(site: Path, truth: Path) -> int:
    """Write both; give the number of mails. The folder `site` is replaced as a whole."""
    mails = read_mails()
    articles = [(mail, article) for mail in mails for article in to_articles(mail, LIST.built)]
    articles.sort(key=lambda pair: pair[1].received)
    with tempfile.TemporaryDirectory(dir=site.parent) as folder:
        fresh = Path(folder) / site.name
        written = write_site(LIST, (article for _, article in articles), fresh)
        shutil.rmtree(site, ignore_errors=True)
        fresh.rename(site)
    known = [
        tell_truth(mail, place)
        for (mail, article), place in zip(articles, written, strict=True)
        if article.message_id == mail.message_id
    ]
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(articles)


def tell_truth(mail: SampleMail, place: Written) -> dict[str, object]:
    """Say what a mail is and, of a candidacy, what must be found in it."""
    told: dict[str, object] = {
        "message_id": mail.message_id,
        "is": mail.fields["is"],
        "page": place.page,
    }
    if mail.fields["is"] == "candidacy":
        told |= {name: mail.fields.get(name, "") for name in ("office", "cycle", "nick", "status")}
        told |= {
            "candidate": mail.fields.get("candidate") or decoded(parseaddr(mail.fields["from"])[0]),
            "address": parseaddr(mail.fields["from"])[1],
            "projects": [mail.fields["project"]] if "project" in mail.fields else [],
            "outcome": mail.fields.get("outcome"),
            "statement": obscure(render(mail)).partition("\n-- \n")[0] + "\n",
        }
    elif mail.parent or "thread" in mail.fields:
        above = mail.parent.message_id if mail.parent else ""
        told |= {"answers": above, "in_thread_of": mail.fields.get("thread", "")}
    return told


if __name__ == "__main__":
    count = make_sample(SITE, TRUTH)
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"wrote {count} mails, {size / 1000:.0f} kB, to {SITE.relative_to(ROOT)}")
