"""Each mail gets its own page, though lists of pages name no Message-IDs and leave some out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ingest.page_matching import match_pages
from ingest.pipermail_pages import Entry, MessagePage, page_name
from ingest.records import Message
from tests.builders import make_message

FIRST = 100


@dataclass
class Month:
    """A month as Pipermail wrote it: a page for each mail in order, some left out of the list."""

    mails: list[Message] = field(default_factory=list)
    unlisted: set[int] = field(default_factory=set)
    shown: dict[int, tuple[str, str]] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)

    def add(
        self, subject: str, sender: str = "Ana Example", message_id: str = "", **more: str
    ) -> Message:
        number = len(self.mails)
        message = make_message(
            subject=subject, sender=sender, message_id=message_id or f"{number}@example.org", **more
        )
        message = replace(message, place=replace(message.place, number=number))
        self.mails.append(message)
        return message

    def entries(self) -> list[Entry]:
        return [
            Entry(FIRST + n, page_name(FIRST + n), *self.shown.get(n, (mail.subject, mail.sender)))
            for n, mail in enumerate(self.mails)
            if n not in self.unlisted
        ]

    def look(self, page: str) -> MessagePage | None:
        self.looked_at.append(page)
        number = int(page[:6]) - FIRST
        if not 0 <= number < len(self.mails):
            return None
        mail = self.mails[number]
        return MessagePage(mail.message_id, mail.sender, mail.subject)

    def pages(self, *wanted: Message) -> list[int | None]:
        found = match_pages(self.entries(), wanted, self.look)
        pages = [found.get(mail.message_id) for mail in wanted]
        return [int(page[:6]) - FIRST if page else None for page in pages]


def busy_month(mails: int = 40) -> Month:
    month = Month()
    for number in range(mails):
        month.add(f"[dev] topic {number % 5}", f"Person {number % 3}")
    return month


def test_mails_alike_are_told_apart_by_their_order() -> None:
    month = busy_month()
    assert month.pages(*month.mails) == list(range(40))
    assert len(month.looked_at) < 4


def test_one_of_many_alike_is_told_by_its_place() -> None:
    month = busy_month()
    assert month.pages(month.mails[17]) == [17]


def test_a_subject_without_prefix_or_reply_mark_is_the_same_subject() -> None:
    month = Month()
    month.add("[dev] one")
    two = month.add("Re: [dev] two")
    month.shown[1] = ("two", "Ana Example")
    assert month.pages(two) == [1]


def test_the_address_stands_in_for_a_missing_name() -> None:
    month = Month()
    mail = month.add("hi", sender="", address="ana@example.org")
    month.shown[0] = ("hi", "ana at example.org")
    assert month.pages(mail) == [0]


def test_letters_that_the_page_lost_do_not_matter() -> None:
    month = Month()
    mail = month.add("Candidature à la présidence", "José Exámple")
    month.shown[0] = ("Candidature ? la pr?sidence", "Jos\ufffd Ex\ufffdmple")
    assert month.pages(mail) == [0]


def test_a_subject_that_the_page_shows_otherwise_is_found_by_looking() -> None:
    month = busy_month()
    month.shown[7] = ("=?utf-8?q?broken", "Somebody Else")
    assert month.pages(month.mails[6], month.mails[7], month.mails[8]) == [6, 7, 8]


def test_of_two_mails_with_one_id_the_one_not_listed_is_found() -> None:
    month = busy_month(10)
    wanted = month.add("[dev] PTL candidacy", message_id="twin@example.org")
    month.add("[dev] something else", message_id="twin@example.org")
    after = month.add("[dev] later")
    month.unlisted.add(10)
    assert month.pages(wanted, after) == [10, 12]
    month.unlisted = {11}
    assert month.pages(wanted, after) == [10, 12]


def test_of_one_mail_sent_twice_each_copy_has_its_own_page() -> None:
    for unlisted, wanted in ((10, 10), (11, 10), (10, 11), (11, 11)):
        month = busy_month(10)
        for _ in "12":
            month.add("[dev] PTL candidacy", message_id="twin@example.org")
        month.add("[dev] later")
        month.unlisted.add(unlisted)
        assert month.pages(month.mails[wanted], month.mails[12]) == [wanted, 12]


def test_a_copy_that_follows_later_is_not_taken_for_the_first() -> None:
    month = busy_month(10)
    first = month.add("[dev] PTL candidacy", message_id="twin@example.org")
    month.add("[dev] between")
    month.add("[dev] PTL candidacy", message_id="twin@example.org")
    month.unlisted.add(10)
    assert month.pages(first) == [10]


def test_a_text_that_holds_each_mail_twice_still_has_pages() -> None:
    month = busy_month(10)
    month.add("[dev] PTL candidacy")
    copies = [
        replace(mail, place=replace(mail.place, number=mail.place.number + 11))
        for mail in month.mails
    ]
    assert month.pages(copies[10]) == [10]


def test_a_mail_without_any_page_gets_none() -> None:
    month = busy_month(10)
    stranger = make_message(subject="not here", sender="Nobody", message_id="no@example.org")
    assert month.pages(stranger) == [None]
    assert match_pages([], [stranger], month.look) == {}


def test_looking_has_an_end() -> None:
    month = busy_month(300)
    wanted = [replace(mail, subject=f"other {mail.message_id}") for mail in month.mails]
    month.mails = [replace(mail, message_id="x" + mail.message_id) for mail in month.mails]
    month.pages(*wanted)
    assert len(month.looked_at) <= 60
