"""The words in which people run for an office, decline it, speak of others, and answer.

Patterns only; `speech.py` says what a sentence that has them means. Every repetition in them is
bounded, since mails are as long as their writers like.
"""

from __future__ import annotations

import re

OFFICE = re.compile(
    r"\bptls?(?:ship)?\b|\bplt\b|\btcs?\b|\btech(?:nical)?[ -]comm?itt?ee?e?\b"
    r"|\b(?:project|program(?:me)?) (?:team|technical) lead(?:er|ership)?\b",
    re.I,
)
# Some word of every form of OFFICE, however white space and line ends part it.
OFFICE_WORD = re.compile(r"ptl|plt|\btcs?\b|comm?itt?e|lead", re.I)
ME = re.compile(r"\b(?:I|my|me|mine|myself|we|our|us)\b|\bi['’]?(?:m|d|ll|ve)?\b", re.I)
WISH = re.compile(
    r"\b(?:I|i)\b(?:['’]d|['’]ll|['’]m)?(?: [\w'’]+){0,4}? ?"
    r"(?:like|love|want|wish|intend|plan|hope|willing|glad|happy|honou?red|ready|going|writing"
    r"|proud|pleased"
    r"|excited|ask|asking|request|decided|will|would|am|submit|announce|propose|declare|put"
    r"|offer|seek)\b"
    r"|\bI['’](?:m|ll|d)\b|\b(?:let|allow|letting|allowing) me\b|\bhereby\b|\bplease (?:accept"
    r"|consider)\b|\bgives? me\b"
    r"|\bmy (?:intention|intent|interest|desire|wish|pleasure|willingness|hope)\b"
    r"|\bI, .{2,60} would like\b|\bit(?:['’]s| is) time\b"
    r"|\bI (?:nominate|announce|propose|submit|declare|offer|stand|run|apply|volunteer"
    r"|respectfully)\b|\bkeen (?:on|to)\b",
    re.I,
)
RUN = re.compile(
    r"\b(?:re-?run|run(?:ning)?|stand(?:ing)?|serv(?:e|ing)|continu(?:e|ing)|becom(?:e|ing)|be"
    r"|being|act(?:ing)? as|apply(?:ing)?"
    r"|volunteer(?:ing)?|step(?:ping)? (?:up|in|forward)|seek(?:ing)?|remain(?:ing)?"
    r"|lead(?:ing)?|take(?: up| on| over)?|taking(?: up| on| over)?"
    r"|keep(?: on)?|candidat(?:e|ing)|role|position|seat|job|term|considered|consideration"
    r"|help(?:ing)? as|return(?:ing)?|join(?:ing)?|elected|re-?elect\w{0,4}|going for)\b",
    re.I,
)
# Said so plainly that it needs no subject beside it: to run for, to be the, to serve as - the
# office.
_OFFICE_NEAR = (
    r"(?:(?<!\bof )(?<!\bof the )ptl(?:ship)?|plt|tc|tech(?:nical)?[ -]comm?itt?ee?e?"
    r"|(?:project|program(?:me)?) (?:team|technical) lead)\b"
)
PLAIN = [
    re.compile(
        r"\b(?:re-?run|run|running|stand|standing|candidate|volunteer\w{0,4}|apply\w{0,3}"
        r"|step\w{0,4} up|seek\w{0,3})\b"
        rf"[^.;!?]{{0,30}}?\b(?:for|as|to be|to become"
        rf"|re-?election)\b[^.,;!?]{{0,60}}?\b{_OFFICE_NEAR}",
        re.I,
    ),
    re.compile(
        rf"\b(?:be|become|becoming) (?:[\w'’\-]{{1,20}} ){{0,5}}?{_OFFICE_NEAR}"
        r"(?=\s*(?:[.,;:!?)]|$|(?:for|of|in|again|this|next|once|during|role|position|another"
        r"|and|through|if|as)\b))",
        re.I,
    ),
    re.compile(
        r"\b(?:serv(?:e|ing)|continu\w{1,3}|act|acting|remain\w{0,3}|stay\w{0,3}|return\w{0,3}"
        r"|work\w{0,3}|help\w{0,3}"
        r"|tak(?:e|ing) (?:on|over|up)|fill\w{0,3}|keep\w{0,3}|lead\w{0,3})\b"
        rf"[^.;!?]{{0,40}}?\b(?:as|being|to be|on|in|role|position"
        rf"|seat)\b[^.;!?]{{0,50}}?\b{_OFFICE_NEAR}",
        re.I,
    ),
    re.compile(
        rf"\btak\w{{1,3}} (?:on |over |up )?(?:[\w'’\-]{{1,20}} ){{0,4}}?{_OFFICE_NEAR}"
        r" (?:role|position|job|seat|duties|hat)\b",
        re.I,
    ),
    re.compile(
        rf"\b(?:term|cycle|round|go|stint) as (?:[\w'’\-]{{1,20}} ){{0,4}}?{_OFFICE_NEAR}", re.I
    ),
    re.compile(
        rf"\b(?:running|stand(?:ing)?|run"
        rf"|candidate) (?:again )?for (?:[\w'’\-]{{1,20}} ){{0,4}}?{_OFFICE_NEAR}",
        re.I,
    ),
]
MY_CANDIDACY = re.compile(
    r"\b(?:announc|submit|declar|propos|nominat|present|put|send|enter|fil(?:e|ing)|offer|post"
    r"|plac|express|renew|throw|mak(?:e|ing)|stat(?:e|ing)|confirm|add|rais|consider|accept"
    r"|formali|advanc|this is|here is|here['’]s|up)"
    r"\w{0,4} (?:[\w,]{1,12} ){0,4}?my (?:[\w\-]{1,20} ){0,3}?([\w\-]{4,20})\b",
    re.I,
)
MYSELF = re.compile(
    r"\bself[- ]?nominat(?!ions? (?:period|are|is|process|will))\w{1,5}\b"
    r"|\b(?:nominat|propos|present|offer|suggest|submit|volunteer|recommend|put|announc|declar"
    r"|introduc)\w{0,4} (?:forward )?(?:my ?self|mys?elf|me (?:as|for|to))\b"
    r"|\b(?:throw|toss|put|cast|drop|chuck|place)\w{0,4} (?:in )?my (?:\w{1,10} )?(?:hats?"
    r"|name)\b|\bmy (?:hat|name) (?:\w+ )?(?:in|into|forward)\b",
    re.I,
)
# Some word of every form of MYSELF and of MY_CANDIDACY, in small letters. Looking for plain words
# costs a tenth of looking for the forms, and hardly any sentence has one.
SELF_WORDS = ("my", "self", " me ")
OWN_THINGS = {
    "nomination", "self-nomination", "selfnomination", "intention", "intent", "application",
    "name", "hat", "hats", "interest", "bid",
}  # fmt: skip
TERM = re.compile(
    r"\b(?:seek\w{0,3}|stand\w{0,3}|run\w{0,4}|up|asking|candidate) (?:again )?(?:for|to) (?:a "
    r"|an |my |another |the )?(?:\w+ )?(?:re-?election|term|cycle as)\b"
    r"|\b(?:if|that) you(?:['’]ll| will| would| all)?(?: will| would|['’]ll)?(?: all)? (?:have"
    r"|let|allow|elect|choose|accept|trust) me\b"
    r"|\b(?:consider|elect|choose|vote for|re-?elect) me (?:as|for|to)\b|\b(?:request|ask|asking"
    r"|seek|respect|appreciate|like|have|love) (?:for )?your (?:support|vote|consideration|trust"
    r"|confidence)\b",
    re.I,
)
# Some word of every form of TERM, in small letters.
TERM_WORDS = ("election", "term", "cycle as", " me", "your ")
# With an office beside it, an offer without any word of running.
CALL_ON_ME = re.compile(r"\b(?:count|sign|put) me (?:in|up|down) (?:for|as)\b", re.I)
# Thinking aloud is no announcement, unless the thinking has come to an end.
HESITATES = re.compile(
    r"\b(?:think(?:ing)? (?:about|of)|considering|wonder(?:ing)?|undecided|unsure|debating"
    r"|contemplating|(?:not|n['’]t) (?:yet |quite )?(?:sure|decided|know)|whether)\b[^.;!?]{0,40}?"
    r"\b(?:run|stand|serv|continu|candida|nominat|seek|whether|if)\w{0,6}\b",
    re.I,
)
DECIDED = re.compile(
    r"\b(?:decided|decision|conclu\w{1,5}|announc\w{1,4}|submit\w{0,4}|declar\w{1,4})\b"
    r"|\bso (?:here )?I['’]?\w{0,2}\b",
    re.I,
)
# The speaker wishes to talk about running, of whoever it may be.
TALKS_ABOUT = re.compile(
    r"\bto (?:describe|explain|discuss|talk|know|hear|remind|understand|clarify|learn|find out"
    r"|see)\b(?![^.;!?]{0,200}\b(?:I|my|me|myself)\b)",
    re.I,
)
# What the speaker does today ("I'm acting as PTL while ..."), and for how long he does something.
TODAY = re.compile(r"\bI(?:['’]m| am)(?: \w{1,12})? (?:acting|serving|working) as ", re.I)
AS_LONG_AS = re.compile(r" ?\b(?:as long as|while|until|whenever) I\b[^,.;!?]{0,200}", re.I)
BUT = re.compile(r"\b(?:but|however)\b", re.I)
DENIAL = re.compile(
    r"\b(?:not|never|no longer|won['’]?t|don['’]?t|cannot|can['’]?t|isn['’]?t"
    r"|wouldn['’]?t) (?:be )?(?:\w+ ){0,4}?(?:re-?run|run|running|stand|standing|seek|seeking"
    r"|continue|continuing|serve|serving|nominat\w+|candidate|candida\w+|put my|propos\w+ my"
    r"|throw\w*|apply|offer\w*|re-?elect\w*|submit\w*)\b"
    r"|\b(?:I(?: am|['’]m|['’]ll be| will be| have decided to| plan to|['’]d like to"
    r"|['’]ve decided to| will|['’]ll)?|my) (?:\w+ ){0,3}?(?:step|stepping) (?:down|away|back"
    r"|aside)\b"
    r"|\bwithdr(?:aw|ew)\w{0,4} (?:\w+ ){0,2}?(?:my|from)\b|\bI (?:\w+ ){0,3}?(?:withdraw"
    r"|decline)\b|\b(?:non|anti)[- ]?can\w{4,12}\b|\bdeclin\w{1,4} (?:\w+ ){0,3}?(?:nomination"
    r"|candida\w+)\b"
    r"|\b(?:last|final) (?:cycle|term) as (?:\w+ )?ptl\b|\brather than (?:run|stand)\w*\b"
    r"|\bnot to (?:run|stand|continue|seek)\b",
    re.I,
)
# Some word of every form of DENIAL, in small letters.
DENIAL_WORDS = (
    "not", "never", "no longer", "n't", "n\u2019t", "wont", "dont", "cant", "isnt", "wouldnt",
    "step", "withdr", "declin", "non-can", "non can", "noncan", "anti-can", "anti can", "antican",
    "last ", "final ", "rather than",
)  # fmt: skip
# The one who is to run is not the speaker: "I wish that more of you step up", "encourage you to
# run".
OTHERS_RUN = re.compile(
    r"\b(?:you|you all|anyone|anybody|someone|somebody|others|people|folks|everyone|everybody"
    r"|each|whoever|who|him|her|them|they|he|she|candidates?|one of you)"
    r" (?:\w+ ){0,3}?(?:to )?(?:run|stand|step up|serve|become|volunteer|nominate|be (?:a|the))\b",
    re.I,
)
OTHER_PERSON = re.compile(
    r"\b(?:[Nn]ominat(?:e|ing)|[Pp]ropos(?:e|ing)|[Ee]ndors(?:e|ing)|[Rr]ecommend(?:ing)?"
    r"|[Ss]econd(?:ing)?|[Ss]uggest(?:ing)?|[Ss]upport(?:ing)?|vote for) "
    r"((?:that )?(?:[^\W\d_a-z][\w'’\-]+ (?:\([\w\-]{1,20}\) )?[^\W\d_a-z][\w'’\-]+)|him\b|her\b"
    r"|them\b|the following\b|[^\W\d_a-z][\w'’\-]+ (?:as|for|to)\b)"
)
# How answers open, whatever follows; the words of a candidacy below are then somebody else's.
ANSWER = re.compile(
    r"^\W{0,3}(?:[+-] ?1\d{0,5}\b|\+\+|(?:a )?(?:big|huge|strong|definite) \+1?"
    r"|(?:your \w+ is )?confirmed\b"
    r"|ack(?:nowledged)?\b|seconded\b|congrat\w*|good luck\b|best of luck\b|fyi\b|forwarding\b"
    r"|(?:many )?th(?:anks|ank you|x)\b(?! to\b)[^.!?\n]{0,30} for (?:running|stepping|standing"
    r"|volunteering"
    r"|your (?:\w+ )?(?:candida|nominat|interest|question|willing|reply|answer|mail|offer|leader"
    r"|work|service|time|effort)"
    r"|the (?:question|reply|answer|heads|nominat|clarif|feedback|kind|support|update)|doing"
    r"|asking|putting your|offering"
    r"|taking (?:this|on)|raising|bringing)"
    r"|(?:you have|you['’]ve(?: got)?|you got|you certainly have|you definitely have"
    r"|you will have) my \w+"
    r"|(?:great|good|fair|excellent|interesting) (?:question|point|idea|to see|luck)\b"
    r"|(?:so )?(?:sad|sorry|glad|happy|great|good|nice) to (?:see|hear|read) (?:you|your"
    r"|that you|this)\b"
    r"|i (?:fully |strongly |definitely |wholeheartedly )?(?:support|second|endorse"
    r"|vote for) (?:you|this|that|him|her|your|\w+['’]s)\b"
    r"|(?:my|full|strong) (?:support|vote)\b|i['’]d (?:vote|support)\b"
    r"|[^\W\d_][\w'’\-]{1,30}(?: [^\W\d_][\w'’\-]{1,30})? (?:has|have|gets) my (?:full )?"
    r"(?:support|vote)\b)",
    re.I,
)
# Words that open an answer when there is little else.
SHORT_ANSWER = re.compile(
    r"^\W{0,3}(?:yes|yep|yeah|yup|no|nope|sure|indeed|agreed|exactly|right|wow|nice|great|awesome"
    r"|excellent|approved|accepted|noted|done|ok|okay|thanks|thank you|thx|welcome|hooray|yay"
    r"|well said|me too|same here)(?=\W*$|\s*[,.!:;)]|\s+(?:I|you|we|it|that|this|thanks|for)\b)",
    re.I,
)
YOU = re.compile(r"\b(?:you|your|yours|you['’](?:re|ve|d|ll))\b", re.I)
SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=[^\s])|\n\s*\n|\n(?=\s*(?:[*+•#\-]|\d{1,2}[.)])\s)")
ITEM = re.compile(r"^\s{0,8}(?:[*+•#-]|\d{1,2}[.)])\s+\S", re.M)
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|greetings?|howdy|good (?:day|morning|evening|afternoon)|hola"
    r"|bonjour|salut|ahoy|aloha|all|everyone|folks|team)\b[^.!?]{0,60}[,.!:;\-–—]*$",
    re.I,
)
