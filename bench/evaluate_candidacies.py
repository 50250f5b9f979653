"""Measure recognition, fields and statements on an archive whose truth is known, without network.

Reads the month files of a Pipermail site from disk and runs the stages from mbox to candidacies on
them, so that a change of a rule shows its effect in seconds:

    python bench/evaluate_candidacies.py --months SITE/pipermail/LIST --truth TRUTH.jsonl --wrong 10

`--half 1` or `--half 2` takes every other month, to tune on one and look at the other. Whoever
wants the whole program measured (server, sync, export) needs a sync; this measures the rules
alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.truth import Row, overlap, read_truth, same_project, squeeze, whole
from bench.truth_archive import Judged, judge_archive, read_months
from ingest.elections import load_elections
from ingest.names import fold
from ingest.records import Candidacy, Verdict


@dataclass
class Figures:
    """Counts of one run, and the mails behind each kind of error."""

    expected: int = 0
    found: int = 0
    exported: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    overlaps: list[float] = field(default_factory=list)
    replies: Counter[str] = field(default_factory=Counter)
    false_by_label: Counter[str] = field(default_factory=Counter)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rules_of_errors: Counter[str] = field(default_factory=Counter)

    def shares(self) -> dict[str, float]:
        """Every figure as a share, by name."""
        shares = {
            "precision": _share(self.found, self.exported),
            "recall": _share(self.found, self.expected),
        }
        for name in sorted(self.checks):
            shares[name] = _share(self.right[name], self.checks[name])
        shares["statement_f1"] = _share(sum(self.overlaps), len(self.overlaps))
        shares["reply_precision"] = _share(self.replies["right"], self.replies["found"])
        shares["reply_recall"] = _share(self.replies["right"], self.replies["expected"])
        return shares


def compare(rows: Sequence[Row], judged: Judged) -> Figures:
    """Compare what was found with the truth."""
    figures = Figures()
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row.message_id].append(row)
    candidacies = {row.number: row for row in rows if row.is_candidacy}
    seen: dict[int, Candidacy] = {}
    for candidacy in judged.candidacies:
        truth = _truth_of(candidacy, by_id, candidacies)
        if truth is not None and truth.is_candidacy and truth.number not in seen:
            seen[truth.number] = candidacy
            continue
        label = truth.label if truth else "unknown"
        figures.false_by_label[label] += 1
        _blame(
            figures,
            "false",
            f"[{label}] {candidacy.subject}",
            judged.verdict(candidacy.message_id),
        )
    figures.expected, figures.found = len(candidacies), len(seen)
    figures.exported = len(judged.candidacies)
    for number, row in candidacies.items():
        if number in seen:
            _check(figures, row, seen[number], {row.number: row for row in rows})
        else:
            verdict = judged.verdict(row.message_id)
            _blame(figures, "missed", f"{row.subject} {row.hazards} {row.message_id}", verdict)
    return figures


def _truth_of(
    candidacy: Candidacy, by_id: dict[str, list[Row]], candidacies: dict[int, Row]
) -> Row | None:
    rows = by_id.get(candidacy.message_id, [])
    if not rows:  # the archiver made the Message-ID up: know the mail by its text
        statement = squeeze(candidacy.statement)
        rows = [
            row
            for row in candidacies.values()
            if not row.message_id and overlap(squeeze(row.statement), statement) > 0.6
        ]
    return next((row for row in rows if row.is_candidacy), rows[0] if rows else None)


def _check(figures: Figures, row: Row, got: Candidacy, rows: dict[int, Row]) -> None:
    want_text, got_text = squeeze(row.statement), squeeze(got.statement)
    project = not got.projects if row.office == "TC" else same_project(row.projects, got.projects)
    checks = {
        "candidate": (fold(got.candidate) == fold(row.name), row.name, got.candidate),
        "office": (got.office == row.office, row.office, got.office),
        "project": (project, row.projects, got.projects),
        "cycle": (got.cycle == row.cycle, row.cycle, got.cycle),
        "statement_whole": (whole(want_text, got_text), len(want_text), len(got_text)),
    }
    for name, (good, wanted, given) in checks.items():
        figures.checks[name] += 1
        figures.right[name] += good
        if not good:
            line = f"{row.number} {row.subject} ({row.cycle}): wanted {wanted!r}, got {given!r}"
            figures.errors[name].append(f"{line} {row.hazards}")
    figures.overlaps.append(overlap(want_text, got_text))
    answering = ("reply", "official", "forward", "reply_other")
    wanted_ids = {
        rows[n].message_id for n in row.members if rows[n].label in answering and rows[n].message_id
    }
    got_ids = {reply.message_id for reply in got.replies}
    figures.replies.update(
        found=len(got_ids), expected=len(wanted_ids), right=len(wanted_ids & got_ids)
    )
    for kind, ids in (
        ("reply missed", wanted_ids - got_ids),
        ("reply foreign", got_ids - wanted_ids),
    ):
        figures.errors[kind] += [
            f"{row.number} {row.subject}: {message_id}" for message_id in sorted(ids)
        ]


def _blame(figures: Figures, kind: str, line: str, verdict: Verdict | None) -> None:
    rules = (
        ", ".join(f"{r.rule} {r.weight:+g}" for r in verdict.reasons) if verdict else "not judged"
    )
    figures.errors[kind].append(f"{line}\n      {rules}")
    if verdict:
        figures.rules_of_errors.update(f"{kind}: {reason.rule}" for reason in verdict.reasons)


def _share(part: float, total: int) -> float:
    return round(part / total, 4) if total else 1.0


def print_figures(figures: Figures, wrong: int) -> None:
    """Print the shares, then examples of each kind of error, then the rules that took part in
    them."""
    for name, share in figures.shares().items():
        print(f"{name:18} {share}")
    print(f"{'false by label':18} {dict(figures.false_by_label)}")
    for kind, lines in figures.errors.items():
        print(f"\n{kind} ({len(lines)})")
        for line in lines[:wrong]:
            print(f"   {line}")
    if wrong:
        print("\nrules in wrong verdicts")
        for name, count in figures.rules_of_errors.most_common(wrong):
            print(f"   {count:4} {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--months", type=Path, required=True, help="folder of YYYY-Month.txt.gz")
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(1, 2), help="every other month only")
    parser.add_argument("--wrong", type=int, default=0, help="examples of each kind of error")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    messages = read_months(args.months, args.half)
    judged = judge_archive(messages, args.months, load_elections())
    read = {message.message_id for message in messages}
    rows = [row for row in read_truth(args.truth) if args.half is None or row.message_id in read]
    figures = compare(rows, judged)
    if args.json:
        print(json.dumps(figures.shares()))
    else:
        print_figures(figures, args.wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
