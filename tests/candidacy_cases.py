"""Mails written for the tests of recognition, one trouble each, named for it."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

IN_2013 = datetime(2013, 9, 22, 10, 0, tzinfo=UTC)
IN_2015 = datetime(2015, 9, 14, 12, 0, tzinfo=UTC)
IN_2017 = datetime(2017, 8, 3, 9, 0, tzinfo=UTC)
IN_2026 = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)

ESSAY = (
    "I have reviewed patches here for three years, and I learned how much depends on the people who\n"
    "answer questions on a Friday night. My time next cycle would go to review bandwidth first, to\n"
    "upgrades second, and to documentation whenever I find a gap. I believe that we promise too much\n"
    "in our specs and finish too little of it, so I would rather have five things done than ten\n"
    "things begun.\n"
)


@dataclass(frozen=True)
class Case:
    """One mail, and what must be read out of it; `office` empty means that it is no candidacy."""

    trouble: str
    subject: str
    text: str
    office: str = ""
    projects: tuple[str, ...] = ()
    cycle: str = ""
    sender: str = "Ana Example"
    address: str = "ana@example.org"
    posted_at: datetime = IN_2015


def ptl(trouble: str, subject: str, text: str, *projects: str, **more: object) -> Case:
    cycle = str(more.pop("cycle", "mitaka"))
    return Case(trouble, subject, text, "PTL", projects, cycle, **more)  # type: ignore[arg-type]


def tc(trouble: str, subject: str, text: str, **more: object) -> Case:
    cycle = str(more.pop("cycle", "mitaka"))
    return Case(trouble, subject, text, "TC", (), cycle, **more)  # type: ignore[arg-type]


def none(trouble: str, subject: str, text: str, **more: object) -> Case:
    return Case(trouble, subject, text, **more)  # type: ignore[arg-type]


STANDING = [
    ptl("service name before the project in brackets", "Candidacy for Compute (Nova) PTL", f"Hi,\n\nI'd like to announce my candidacy for Nova PTL.\n\n{ESSAY}", "nova"),
    ptl("no tag at all", "Oslo PTL Candidacy", "Hello, I am announcing my self-nomination for the Oslo PTL position.\n", "oslo"),
    ptl("only a greeting for a subject", "Hello everyone", "I'm throwing my hat in the ring for Glance PTL.\n\n" + ESSAY, "glance"),
    ptl("no subject", "", "Hi all,\n\nI would like to run for Heat PTL for the Mitaka cycle.\n\n" + ESSAY, "heat"),
    ptl("my nomination", "[barbican] My nomination", "I would like to nominate myself as Barbican PTL.\n", "barbican"),
    ptl("nominating myself", "Nominating myself for Designate PTL", "Hi,\n\nwith the support of the team I put my name forward.\n", "designate"),
    ptl("self-nomination", "[Manila] PTL self-nomination", "I'd love to keep doing this for another cycle.\n" + ESSAY, "manila"),
    ptl("candidancy", "[sahara] PTL candidancy", "Hi,\n\nI want to continue as Sahara PTL.\n", "sahara"),
    ptl("canidacy", "[swift] PTL canidacy", "I'd be honored to serve as PTL of Swift again.\n", "swift"),
    ptl("candicacy in the text only", "[mistral] PTL", "I'm writing to announce my candicacy for the Mistral PTL.\n" + ESSAY, "mistral"),
    ptl("candidature", "Magnum PTL candidature", "I propose my candidature for Magnum.\n" + ESSAY, "magnum"),
    ptl("tags in other brackets", "{election}(trove) PTL candidacy", "I'd like to run for Trove PTL.\n", "trove"),
    ptl("tags run together", "[ptl][election][tripleo]Candidacy", "I'd like to run for another term.\n" + ESSAY, "tripleo"),
    ptl("capitals", "[KEYSTONE] PTL CANDIDACY", "I AM RUNNING FOR KEYSTONE PTL.\n" + ESSAY, "keystone"),
    ptl("file added to a folder", "Adding Ana Example candidacy for Trove.Queens", "I would like to be the Trove PTL for Queens.\n" + ESSAY, "trove", cycle="queens", posted_at=IN_2017),
    ptl("continue as PTL", "[cinder] PTL for another cycle?", "I'd like to continue as PTL of Cinder for Mitaka, if you will have me.\n\n" + ESSAY, "cinder"),
    ptl("hat in the ring", "Zaqar: throwing my hat in the ring", "Hey everyone,\n\nI'm throwing my hat in the ring for Zaqar PTL.\n", "zaqar"),
    ptl("re-election", "[docs] seeking re-election", "I am standing for re-election as Documentation PTL.\n" + ESSAY, "documentation"),
    ptl("former name of the project", "Quantum PTL Candidacy", "I'd like to run for PTL of Quantum, soon to be renamed.\n" + ESSAY, "neutron", cycle="havana", posted_at=datetime(2013, 3, 4, tzinfo=UTC)),
    ptl("short name of the team", "[infra] PTL candidacy", "I'd like to serve as Infra PTL.\n", "infrastructure"),
    ptl("acronym of the team", "OSA PTL candidacy", "Hi! I'd like to serve as the OpenStack-Ansible PTL.\n", "openstack-ansible"),
    ptl("two words for a team", "[puppet openstack] PTL candidacy", "I'd like to serve again.\n" + ESSAY, "puppet-openstack"),
    ptl("ordinary word for a team", "PTL candidacy for Release Management", "I'd like to serve as PTL.\n" + ESSAY, "release-cycle-management"),
    ptl("the word release is no team here", "[nova] PTL candidacy for the Mitaka release", "I'd like to serve as PTL.\n" + ESSAY, "nova"),
    ptl("team not in the table", "[frobnicator] PTL candidacy", "I'd like to run for Frobnicator PTL.\n" + ESSAY, "frobnicator"),
    ptl("team not in the table, in prose", "Foobarnetes PTL candidacy", "I would like to announce my candidacy.\n" + ESSAY, "foobarnetes"),
    ptl("cycle not in the table", "PTL candidacy for 2031.2 [nova]", "I'd like to serve.\n" + ESSAY, "nova", cycle="2031.2", posted_at=datetime(2031, 2, 8, tzinfo=UTC)),
    ptl("two projects in one seat", "[nova][placement] PTL candidacy", "I'd like to serve both teams as PTL.\n" + ESSAY, "nova", "placement", cycle="2026.2", posted_at=IN_2026),
    ptl("number and name of the cycle", "[cinder] 2026.2 Hibiscus PTL candidacy", "I'd like to continue.\n" + ESSAY, "cinder", cycle="2026.2", posted_at=IN_2026),
    ptl("cycle by its letter, out of any window", "[zun] PTL candidacy", "I'd like to run for Zun PTL in the R cycle.\n" + ESSAY, "zun", cycle="rocky", posted_at=datetime(2018, 3, 20, tzinfo=UTC)),
    ptl("text mentions past cycles, date decides", "[heat] PTL candidacy", "I was PTL in Kilo and Liberty, a core since Havana, and I'd like to run for PTL again.\n" + ESSAY, "heat"),
    ptl("late, after the window", "[murano] late PTL candidacy", "Sorry for being late. I'd like to run for Murano PTL for Mitaka.\n", "murano", posted_at=datetime(2015, 9, 29, tzinfo=UTC)),
    ptl("first cycle of lists moved", "PTL candidacy: Horizon", "I would like to be Horizon's PTL in the Icehouse cycle.\n" + ESSAY, "horizon", cycle="icehouse", posted_at=IN_2013),
    ptl("statement in the third person", "[solum] PTL candidacy", "Ana is an engineer at a cloud provider.\n\nShe has led two teams.\n", "solum"),
    ptl("statement of one line", "[rally] PTL candidacy", "Keep it running, keep it small, review faster.\nAna\n", "rally"),
    ptl("announcement at the very end", "Ironic PTL", ESSAY * 3 + "\nFor these reasons I'm submitting my candidacy for Ironic PTL.\n", "ironic"),
    ptl("PTL and declines another", "[election] PTL candidacy for Oslo", "I'd like to run for Oslo PTL. I will not be running for the TC this time.\n", "oslo"),
    tc("TC and declines PTL", "[tc] candidacy", "I am announcing my candidacy for the TC. I won't run for Nova PTL again.\n" + ESSAY),
    tc("was the PTL of", "[all][tc] TC Candidacy", "I'd like to run for the TC. I was the PTL of Trove and of Heat.\n" + ESSAY),
    tc("spelt out", "Technical Committee Candidacy", "Hi, I am running for a seat on the Technical Committee.\n"),
    tc("misspelt committee", "Technical Comittee candidacy", "I would like to serve on the Technical Comittee.\n"),
    tc("essay without an announcement", "[elections][tc] Candidacy for Mitaka TC", "The committee has become a body that says what OpenStack means.\n" + ESSAY),
    tc("TC with a project's tag", "[tc][nova] TC candidacy", "As a Nova core I'd like to stand for the TC.\n" + ESSAY),
    tc("answers a question nobody asked", "TC candidacy", "Hello!\n\nYes, it is that time again. I'm running for the TC.\n" + ESSAY),
    ptl("French name in the sender", "[congress] PTL candidacy", "I'd like to run for Congress PTL.\n", "congress", sender="Élodie Éxample"),
    ptl("question to the reader", "[kolla] PTL candidacy", "Why me? I have been here from the first commit, and I'd like to serve as Kolla PTL.\n" + ESSAY, "kolla"),
    ptl("thanks the one before", "[octavia] PTL candidacy", "Thanks to Ben for running the team so long! I'd like to be the next Octavia PTL.\n" + ESSAY, "octavia", cycle="queens", posted_at=IN_2017),
    ptl("lists goals only", "[designate] PTL candidacy", "Goals:\n\n * finish the pools rework\n * review more\n * write docs\n", "designate"),
    ptl("step down mentioned in passing", "[neutron] PTL candidacy", "I propose my candidacy for Neutron PTL. There is more I want done before I step down.\n" + ESSAY, "neutron"),
    ptl("another term, by the service's name", "My candidacy for Compute PTL", "I'd like another term as Compute PTL, if you'll have me.\n" + ESSAY, "nova"),
    ptl("late, as a reply to a call that lists teams", "[all][elections][glance][heat][trove] PTL nominations last days", "Sorry for being late. I'd like to run for Trove PTL again.\n", "trove"),
    ptl("stepped down from something else, further down", "[ironic] PTL candidacy", ESSAY * 2 + "\nLast year I stepped down from the TC to have time for this.\n", "ironic"),
    ptl("co-PTL and thanks for support", "[watcher] PTL candidacy", "I want to run for Watcher PTL. Ben Example supports me as co-PTL.\n" + ESSAY, "watcher", cycle="queens", posted_at=IN_2017),
    ptl("counts himself in", "[ironic] PTL", f"Folks, count me in for the Ironic PTL election.\n{ESSAY}", "ironic"),
    ptl("takes the role where nobody leads", "[masakari] PTL for Xena", f"Nobody leads the team, so I will take the PTL role of Masakari for Xena.\n{ESSAY}", "masakari", cycle="xena", posted_at=datetime(2021, 3, 9, tzinfo=UTC)),
    ptl("the next PTL is the sender", "[cinder] Running for next PTL", f"I'd like to be your next Cinder PTL.\n{ESSAY}", "cinder"),
    ptl("thought about it, and decided", "[cinder] PTL candidacy", f"After thinking about whether to run again, I decided to run for Cinder PTL.\n{ESSAY}", "cinder"),
    ptl("was not sure, but runs", "[heat] PTL Candidacy", f"I was not sure whether to run, but here is my candidacy for Heat PTL.\n{ESSAY}", "heat"),
    ptl("explains why he runs", "[heat] PTL Candidacy", f"I'd like to explain why I am running for Heat PTL.\n{ESSAY}", "heat"),
    ptl("a question of his own for a subject", "Why I should be your Heat PTL?", f"I'd like to be the Heat PTL.\n{ESSAY}", "heat"),
    ptl("serves today and would like to continue", "[heat] PTL", f"I'm currently serving as Heat PTL and would like to continue.\n{ESSAY}", "heat"),
    tc("was on another council", "[tc] candidacy", f"I'd like to run for the TC. I served on our city council.\n{ESSAY}"),
    tc("asks for votes", "[openstack-dev] TC Candidacy", f"Hey all,\n\nI'd like to keep serving on the Technical Committee, and I'm asking for your votes.\n{ESSAY}"),
]  # fmt: skip

_STATEMENT = f"Hi all,\n\nI would like to run for Nova PTL for the Mitaka cycle.\n\n{ESSAY}\nAna\n"
_QUOTED = "".join(f"> {line}\n" for line in _STATEMENT.splitlines())
_BEN = {"sender": "Ben Example", "address": "ben@example.org"}

NOT_STANDING = [
    none("confirmed over a quote", "[nova] PTL candidacy", f"Confirmed.\n\nOn 09/14/2015 01:00 PM, Ana Example wrote:\n{_QUOTED}", **_BEN),
    none("confirmed over a quote that lost its marks", "[nova] PTL candidacy", f"Confirmed.\n\n{_STATEMENT}", **_BEN),
    none("plus one over a quote that lost its marks", "[nova] PTL candidacy", f"+1\n\n{_STATEMENT}", **_BEN),
    none("plus one with an exclamation", "[nova] PTL candidacy", "+1!!!\n", **_BEN),
    none("huge plus", "[nova] PTL candidacy", "A huge +1 from me.\n", **_BEN),
    none("answer below the quote", "[nova] PTL candidacy", f"On Mon, Sep 14, 2015 at 1:00 PM, Ana Example <ana at example.org> wrote:\n{_QUOTED}\nGood luck!\n", **_BEN),
    none("Outlook's original message", "[nova] PTL candidacy", f"You have my vote.\n\n-----Original Message-----\nFrom: Ana Example\nSent: Monday, September 14, 2015 1:00 PM\nTo: list\nSubject: [nova] PTL candidacy\n\n{_STATEMENT}", **_BEN),
    none("Outlook's header block without a line", "[nova] PTL candidacy", f"Count me in.\n\nFrom: Ana Example\nDate: Monday, September 14, 2015\nTo: list\nSubject: [nova] PTL candidacy\n\n{_STATEMENT}", **_BEN),
    none("excerpts", "[nova] PTL candidacy", f"Excerpts from Ana Example's message of 2015-09-14 12:00:00 +0000:\n{_QUOTED}\n+1\n", **_BEN),
    none("German attribution", "[nova] PTL candidacy", f"Am 14.09.2015 um 12:00 schrieb Ana Example:\n{_QUOTED}\nDafür!\n", **_BEN),
    none("attribution over two lines", "[nova] PTL candidacy", f"On Mon, Sep 14, 2015 at 1:00 PM, Ana Example\n<ana at example.org> wrote:\n\n{_STATEMENT}", **_BEN),
    none("question to the candidate", "[nova] PTL candidacy", "How do you want to split reviews between the cells?\n", **_BEN),
    none("candidate answers in own thread", "[nova] PTL candidacy", "Good question! I would keep the meeting where it is.\n"),
    none("thanks for running", "[nova] PTL candidacy", "Thanks for stepping up, Ana. I would like to see you as PTL.\n", **_BEN),
    none("support of a PTL", "[nova] PTL candidacy", "I support your candidacy. You will be a great PTL!\n", **_BEN),
    none("reply mark kept", "Re: [nova] PTL candidacy", "I would not worry about that.\n", **_BEN),
    none("reply mark in German", "AW: [nova] PTL candidacy", "Was ist mit Upgrades?\n", **_BEN),
    none("reply mark in Chinese", "答复: [nova] PTL candidacy", "Best wishes to the team.\n", **_BEN),
    none("hijacked thread", "[nova] gate broken (was: PTL candidacy)", "The gate fails since noon. I would like to revert the change.\n", **_BEN),
    none("forward in the subject", "Fwd: [nova] PTL candidacy", f"FYI\n\n{_STATEMENT}", **_BEN),
    none("forward in the text", "[nova] PTL candidacy", f"---------- Forwarded message ----------\nFrom: Ana Example\nDate: Mon, Sep 14, 2015\nSubject: [nova] PTL candidacy\nTo: list\n\n{_STATEMENT}", **_BEN),
    none("forwarded by a phone", "[nova] PTL candidacy", f"Begin forwarded message:\n\nFrom: Ana Example\nDate: Mon, Sep 14, 2015\nSubject: [nova] PTL candidacy\n\n{_STATEMENT}", **_BEN),
    none("digest", "OpenStack-dev Digest, Vol 41, Issue 33", f"Today's Topics:\n\n   1. [nova] PTL candidacy (Ana Example)\n\n----\n\n{_STATEMENT}", **_BEN),
    none("digest of a blog", "Developer Mailing List Digest September 12-18", "Candidacies\n\n * Ana Example is running for Nova PTL\n * I would like to run for PTL, wrote Ben\n", **_BEN),
    none("nominations open", "[all] PTL nominations are now open", "Nominations for PTL are open until September 17. If you want to stand for PTL, send your candidacy.\n", **_BEN),
    none("last call", "[elections] Last call for PTL candidacies", "Last hours for PTL candidacies. I would like to remind everybody to nominate themselves.\n", **_BEN),
    none("call for candidates", "Call for TC candidates", "We are looking for people who want to run for the TC.\n", **_BEN),
    none("voting is open", "[all][election] PTL voting is open", "Candidates: Ana Example (Nova), Ben Example (Heat).\n", **_BEN),
    none("results", "PTL election results", "Please welcome your new PTLs:\n\n * Nova: Ana Example\n", **_BEN),
    none("conclusion and results", "[election] TC Election Conclusion and Results", "Thank you to all candidates. I would like to thank my co-official.\n", **_BEN),
    none("campaigning", "[tc] TC campaigning: what is your view on goals?", "As a candidate I would like to serve users first, and I want the TC to listen.\n", **_BEN),
    none("non-candidacy", "[nova] PTL non-candidacy", "I will not run again. It was an honor to serve as PTL.\n"),
    none("non-candidacy with a statement's headings", "[tc] Non-candidacy for the TC", f"About me\n--------\n\nI have served on the TC for two terms.\n\nWhat I did\n----------\n\n{ESSAY}\nI have decided not to run again.\n"),
    none("not running", "[glance] Not running for PTL", "I won't be running for PTL this time.\n"),
    none("stepping down", "[oslo] Stepping down as PTL", "My candidacy said two cycles, and they are over. I am stepping down.\n"),
    none("declines in the text only", "[heat] PTL for the next cycle", "Hi,\n\nI have decided not to run for Heat PTL again. Talk to me if you'd like to.\n"),
    none("withdrawal", "Withdrawing my PTL candidacy", "I hereby withdraw my candidacy for Nova PTL.\n"),
    none("somebody proposes somebody", "Nominating Cleo Example for Nova PTL", "Hi,\n\nI would like to nominate Cleo Example for Nova PTL. She did great work.\n"),
    none("proposes somebody in the text", "[nova] PTL", "I'd like to propose Cleo Example as the next Nova PTL.\n"),
    none("core nomination", "[nova] Nominating Cleo Example for nova-core", "I would like to nominate Cleo Example for nova-core.\n"),
    none("core proposal", "[heat] core reviewer nomination", "I'm proposing Cleo Example as core. Please vote.\n"),
    none("own core candidacy", "[heat] core candidacy", "I would like to join the core team of Heat.\n"),
    none("chair of the committee", "[tc] TC chair nominations", "I would like to be considered for TC chair. Nominations close on Friday.\n"),
    none("core nomination by the PTL", "[glance] Nominating new core", "As PTL I am happy to nominate Cleo Example.\n"),
    none("other community", "Debian Project Leader elections: nomination", "I hereby nominate myself as a candidate for the Debian Project Leader elections.\n", posted_at=datetime(2015, 3, 9, tzinfo=UTC)),
    none("other community's board", "Candidacy for the board of directors", "I am announcing my candidacy for the board of the foundation.\n" + ESSAY),
    none("job advertisement", "Software engineer position", "I would like to announce that we are hiring. The candidate reports to the PTL.\n"),
    none("release candidate", "[nova] release candidate 1", "I would like to tag rc1. PTL, please confirm; the candidate is at hand.\n"),
    none("election of something else", "[heat] election of a bug czar", "I would like to run the bug triage as long as nobody else wants it.\n"),
    none("meeting", "[tc] TC meeting agenda", "I would like to add one more item to the TC agenda.\n"),
    none("PTL in passing", "[nova] spec freeze", "As the PTL I would like to continue with the freeze as planned.\n"),
    none("webinar", "[all][ptl] PTL webinar", "I'd like to invite all PTLs to a webinar and run through the duties of a PTL.\n"),
    none("mentions running tests", "[ptl] tests", "I'm running the tests of the PTL dashboard and would like to see them pass.\n"),
    none("empty", "[swift] PTL candidacy", "\n\n"),
    none("only a footer", "[swift] PTL candidacy", "\n______________________________________________\nOpenStack-dev mailing list\nOpenStack-dev@lists.example.org\nhttp://lists.example.org/mailman/listinfo/openstack-dev\n"),
    none("only a quote", "[swift] PTL candidacy", _QUOTED),
    none("encourages others to run", "[magnum] PTL nomination is open", "Hi,\n\nI wrote this to encourage you to run for Magnum PTL. I wish that more than one of you will step up to run for the position.\n"),
    none("encourages others under a bare subject", "[magnum] PTL for the next cycle", "I wish more than one of you will step up to run for PTL. I am happy to share my experience of being the PTL.\n"),
    none("says only that something was submitted", "[all][elections][nova][heat][trove] PTL nominations last days", "Sorry, I am behind on mail. I just submitted my candidacy, a few days late.\n", **_BEN),
    none("thanks for the election", "[nova] PTL for Mitaka", "First, thanks for electing me as the Nova PTL. I'd like to thank Ben and Cleo for running, too. I will send regular mails on what the PTL thinks.\n"),
    none("chair nominations with the words of a candidacy", "[tc] Self-nominations (or non-nominations) for TC Chair", "If you are interested in being the chair of the TC, propose a patch. I will start a poll.\n"),
    none("list of candidates", "[swift] PTL candidates", "Swift: Ana Example\nNova: Ben Example\n"),
    none("tells what running involves", "[all] What does a PTL do?", f"I am a PTL, and I'd like to describe what running for PTL involves.\n{ESSAY}", **_BEN),
    none("asks who runs", "[monasca] Who is running for PTL?", "Hi,\nis anybody running for Monasca PTL? I would like to see a candidate.\n", **_BEN),
    none("thinks about running", "[heat] PTL thoughts", "I am thinking about whether to run for PTL. I have not decided; what do you think?\n"),
    none("somebody else acts as PTL", "[nova] PTL on vacation", "I'm going to be away; Ben will act as PTL while I am out.\n"),
    none("acts as PTL for a while", "[zaqar] interim PTL", "I'm acting as PTL while Ben is on leave. I'd like to run the meeting on Monday.\n"),
    none("liaison of a team", "[release] CPL nomination", "I'd like to volunteer as the release liaison of Nova for Mitaka.\n"),
    none("director, was a PTL", "Candidacy for Individual Director", f"I would like to be elected as Individual Director of the board. I was the PTL of Heat.\n{ESSAY}"),
    none("council of another community", "Steering Council self-nomination", f"I'd like to nominate myself for the Steering Council.\n{ESSAY}"),
    none("leader of another community", "Project Leader election: platform", f"I am running for Project Leader.\n{ESSAY}"),
    none("a tool called tc", "tc filter offload", "I want to keep tc as the interface, and would like to continue with flower.\n" + "We tested it on two cards in our lab.\n" * 8),
    none("maintainer of a library called PTL", "PTL release", "I'd like to become maintainer of PTL, the template library.\n"),
    none("student whose mentor is a PTL", "Application", f"I would like to apply as a student for the Heat project, the PTL is my mentor.\n{ESSAY}"),
    none("as long as he serves", "[tc] report 32", f"I'd like to continue to write these TC reports for as long as I serve on the TC.\n{ESSAY}"),
    none("candidacy of somebody else", "[nova] PTL candidacy of Cleo", "I like it. I would like to see it succeed.\n"),
    none("new PTL says hello", "[nova] PTL hello", f"Now that I've been elected as the Nova PTL I'd like to introduce my plans as PTL.\n{ESSAY}"),
    none("wants to know who stands", "[all] Elections", "I'd like to know who is standing for TC this time.\n"),
]  # fmt: skip
