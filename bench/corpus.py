"""A Pipermail site of any size, invented, the same for each seed: `python -m bench.corpus FOLDER`.

Owns how much of what there is in it: ordinary mails in threads, candidacies with replies, some
with scrubbed parts, encoded headers, lost references. How Pipermail writes mails and pages is the
business of `pipermail_articles` and `pipermail_pages`; words come from `search_corpus`. Written
month by month, so that an archive larger than memory can be made.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path

from bench.pipermail_articles import Article, MailingList, month_text, scrub
from bench.pipermail_pages import index_page
from bench.pipermail_site import write_site
from bench.search_corpus import FIRST, LAST, PROJECTS, make_text

LAST_MONTH = 2019 * 12 + 11
# Paragraphs are made once and used again and again: mails are told apart by what stands around
# them.
POOL = 3000
# People on the list.
PEOPLE = 4000
# Ordinary mails of a list hardly ever speak of elections, and looking at those that do costs most.
ELECTION_WORDS = re.compile(r"(?i)\b(?:candidacy|election|leadership|ptl|summit)\b")
ZONES = ("+0000", "+0000", "-0500", "-0700", "+0200", "+0800", "+0530", "+0900")


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the archive is: mails in all, over how many months, how many candidacies."""

    mails: int
    months: int
    candidacies: int
    seed: int = 1


def write_corpus(plan: Plan, root: Path, *, pages: bool = False) -> Path:
    """Write the site below `root`; give the archive's folder. `pages` adds every mail's HTML."""
    mailing_list = MailingList("corpus-dev", "lists.example.org", _start_of(plan, plan.months))
    folder = root / "pipermail" / mailing_list.name
    paragraphs = _make_paragraphs(plan.seed)
    months = (_make_month(plan, number, paragraphs) for number in range(plan.months))
    if pages:
        write_site(mailing_list, (article for month in months for article in month), root)
        return folder
    folder.mkdir(parents=True)
    rows = []
    for number, articles in enumerate(months):
        text = "".join(month_text(one, scrub(one, mailing_list.url)[0]) for one in articles)
        name = f"{_start_of(plan, number):%Y-%B}"
        data = gzip.compress(text.encode(), mtime=0)
        (folder / f"{name}.txt.gz").write_bytes(data)
        rows.append((name, f"{name}.txt.gz", len(data)))
    (folder / "index.html").write_text(index_page(mailing_list, rows[::-1]), encoding="utf-8")
    return folder


def _start_of(plan: Plan, number: int) -> datetime:
    year, month = divmod(LAST_MONTH - plan.months + 1 + number, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _make_paragraphs(seed: int) -> list[str]:
    maker = random.Random(seed)
    texts = (make_text(maker, maker.randint(20, 110)) for _ in range(POOL))
    plain = (ELECTION_WORDS.sub("patch", text) for text in texts)
    return [textwrap.fill(text, 72, break_on_hyphens=False) for text in plain]


def _make_month(plan: Plan, number: int, paragraphs: list[str]) -> list[Article]:
    """Make a month's mails in the order of their times; depends on plan and number alone."""
    maker = random.Random(f"{plan.seed}/{number}")
    mails = _share(plan.mails, plan.months, number)
    standing = min(_share(plan.candidacies, plan.months, number), mails)
    kinds = [True] * standing + [False] * (mails - standing)
    maker.shuffle(kinds)
    step = timedelta(days=27) / max(mails, 1)
    articles: list[Article] = []
    for place, stands in enumerate(kinds):
        when = _start_of(plan, number) + timedelta(hours=8) + place * step
        name = f"n{number}.{place}.{maker.randrange(10**9)}@mail.example.org"
        parent = maker.choice(articles[-40:]) if articles and maker.random() < 0.7 else None
        if stands:
            articles.append(_make_candidacy(maker, name, when, paragraphs))
        else:
            articles.append(_make_mail(maker, name, when, paragraphs, parent))
    return articles


def _share(total: int, parts: int, number: int) -> int:
    return total * (number + 1) // parts - total * number // parts


def _make_sender(maker: random.Random) -> str:
    """Name somebody of the list: a few write most of its mails, as everywhere."""
    number = int(PEOPLE * maker.random() ** 3)
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    address = f"{number}.{name.split()[1].lower()}@example.org"
    return f"{name if name.isascii() else Header(name, 'utf-8').encode()} <{address}>"


def _make_candidacy(
    maker: random.Random, name: str, when: datetime, paragraphs: list[str]
) -> Article:
    project = maker.choice(PROJECTS)
    own = "\n\n".join(maker.choices(paragraphs, k=maker.randint(2, 6)))
    text = (
        f"Hi everyone,\n\nI would like to announce my candidacy for the PTL of {project}\n"
        f"for the next cycle.\n\n{own}\n\nThanks for your consideration,\n"
    )
    html = f"<p>{own}</p>" if maker.random() < 0.3 else ""
    subject = f"[corpus-dev] [{project}] PTL candidacy"
    return Article(when, _make_sender(maker), format_datetime(when), subject, name, text, (), html)


def _make_mail(
    maker: random.Random, name: str, when: datetime, paragraphs: list[str], parent: Article | None
) -> Article:
    text = "\n\n".join(maker.choices(paragraphs, k=maker.choice((1, 1, 2, 3, 5)))) + "\n"
    zoned = when.astimezone(datetime.strptime(maker.choice(ZONES), "%z").tzinfo)
    references: tuple[str, ...] = ()
    if parent is None:
        words = " ".join(maker.choice(paragraphs).split()[:7]).strip(".")
        subject = f"[corpus-dev] [{maker.choice(PROJECTS)}] {words}"
    else:
        subject = parent.subject
        quoted = "".join(f"> {line}\n" for line in parent.text.splitlines()[:12])
        text = f"On {when:%a, %b %d, %Y}, {parent.name} wrote:\n{quoted}\n{text}"
        if maker.random() > 0.05:
            references = (*parent.references, parent.message_id)[-12:]
    html = f"<p>{text}</p>" if maker.random() < 0.1 else ""
    return Article(
        when, _make_sender(maker), format_datetime(zoned), subject, name, text, references, html
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a Pipermail site of invented mails.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mails", type=int, default=60_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--candidacies", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", action="store_true", help="write the HTML pages too")
    chosen = parser.parse_args()
    plan = Plan(chosen.mails, chosen.months, chosen.candidacies, chosen.seed)
    print(write_corpus(plan, chosen.folder, pages=chosen.pages))


if __name__ == "__main__":
    main()
