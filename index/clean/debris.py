"""Lines of a page that are no part of its article: image credits, share buttons, advertisements, links, consent.

Each test looks at one line, knows nothing of its neighbours, and fails for prose unless the line's own wording rules
out that it reports anything ("Sign up for our newsletter.").
"""

from __future__ import annotations

import re
from functools import cache

from index.clean.page import is_prose

_PICTURE = r"(?:images?|photos?|pictures?|photograph(?:s|y|er)?|fot(?:o|os|\.)?|video|graphics?|illustrations?|bild)"
_CREDITED = (
    rf"(?:(?:cover |file |main |header )?{_PICTURE})"
    r"(?:\s+(?:sources?|credits?|by|courtesy(?: of)?|via|from|provided by))*"
)
_CREDIT_FORMS = (
    rf"{_CREDITED}\s*[:：,]\s*(?P<holder>.+)",
    rf"{_PICTURE}\s+(?:by|courtesy of|via|from|provided by|credit)\s+(?P<holder>.+)",
    r"(?:©|\(c\)|copyright\s*(?:©|\(c\)|:)|credits?\s*[:,])\s*(?P<holder>.+)",
    r"(?:copyright\s+)?(?:\d{4}\s*)?©\s*(?P<holder>.+)",
    r"(?P<holder>.+?)\s*©(?:\s*\d{4})?",
)
_BARE_CREDITS = (
    r"(?:file|handout|archive|stock|ap|afp|reuters|epa|illustrative)\s?(?:photo|image|picture|video)s?(?:/.{1,40})?",
    r"(?:getty(?: images)?|reuters|afp|ap|epa|epa-efe|shutterstock|istock(?:photo)?|alamy(?: stock photo)?"
    r"|pa (?:media|images|wire)|east news|imago|zuma press|anadolu|handout|screenshot|unsplash|pixabay"
    r"|wikimedia commons)(?:\s*(?:/|via|\|)\s*.{1,60})?",
    r".{1,60}?\s*(?:/|\bvia\b)\s*(?:getty(?: images)?|reuters|afp|ap|ap photo|epa|epa-efe|pap|shutterstock|istock"
    r"|alamy|anadolu(?: agency)?|pool|handout|east news|bloomberg)(?:\s*(?:/|via)\s*.{1,40})?",
)
_SMALL_IN_CREDITS = "by via of and the for from courtesy handout file photo pool screenshot image images de von van"
_LOWER_IN_CREDITS = frozenset(_SMALL_IN_CREDITS.split())

_FURNITURE = (
    # sharing
    r"share(?: this)?(?: (?:article|story|page|post|news))?(?: (?:on|via|with|by)(?: [\w/]+){1,3})?\s*:?",
    r"(?:e?mail|print|save|bookmark|copy|gift) (?:this|the) (?:article|story|page|link)",
    r"copy link(?: to article)?|link copied!?|follow .{1,40} on google news[.!]?",
    r"follow (?:us|our [\w ]{1,30}|@\w+) on [\w ,&/]{1,60}[.!]?|(?:join|like) us on [\w ,&/]{1,40}[.!]?",
    r"download (?:our|the) (?:free )?app\b.{0,50}",
    r"(?:join|subscribe to) our (?:telegram|whatsapp|youtube|viber)\b.{0,60}",
    r"click to (?:share|e?mail|print)\b.{0,80}|like this:|share:",
    r"follow (?:him|her|them|[A-Z][\w.]+(?: [A-Z][\w.]+)?) on (?:twitter|x|facebook|instagram|bluesky)\b.{0,100}",
    # how to reach the author
    r"(?:have|got) a (?:news )?(?:tip|story)\?.{1,250}",
    r"(?:e-?mail|contact|reach|write to)\b.{0,60}\bat\s+\S+@\S+|.{1,60}\b(?:may|can) be reached at\b.{0,40}@.{0,150}",
    # advertisements
    r"advertisement|advertising|advertorial|ads?|promoted(?: content)?|paid post",
    r"sponsored(?: (?:content|links?|by [\w ]{1,30}))?|remove ads|why (?:am i seeing )?this ad\??",
    r"(?:story|article|content) continues (?:below|after)(?: (?:this |the )?(?:ad|advert|advertisement|video))?",
    r"scroll (?:down )?to continue(?: (?:with content|reading))?",
    r"skip (?:past )?(?:the )?(?:ad|advert|advertisement|newsletter(?: promotion)?)|advertisement\W+scroll to continue",
    r"after (?:the )?newsletter promotion|\[/?\w+(?: \w+=[^\]]*)?\](?:.{0,120}\[/\w+\])?",
    # onward links
    r".{10,160}\[(?-i:[A-Z]{4,12})\]|read more (?:about|on)\b[^.,]{1,60}|story continues|watch (?:live|now)",
    r"listen now|to read (?:the full|more)\b.{0,60}",
    r"(?:(?:read|see|show|view|load|learn|find out) more|continue reading)(?:\s*(?:…|\.\.\.|>+|»|→|›))?",
    r"keep reading|read (?:the )?(?:full|whole|entire) (?:story|article|text)(?: here)?(?:\s*(?:…|>+|»|→))?",
    r"click here(?: to [\w ]{1,40})?[.!]?|skip to (?:main )?content|back to top|next article|previous article",
    # navigation, accounts
    r"sign in|log in|sign up|subscribe(?: now| today| here)?|create (?:an )?account|search|menu|my account",
    r"privacy (?:policy|notice)|terms(?: (?:of (?:use|service)|and conditions|& conditions))?|contact us|about us",
    # consent
    r"(?:accept|reject)(?: all)?(?: cookies)?|(?:manage|cookie) (?:cookies|preferences|settings|policy|notice)",
    r"(?:we|(?:this|our) (?:web\s?site|site)) uses? cookies\b(?=.*\b(?:your?|our)\b|\W*$).{0,300}",
    r"by (?:continuing|using|clicking|browsing)\b.{0,80}\byou (?:agree|accept|consent)\b.{0,200}",
    r"we (?:and our partners|use and our partners use)\b.{0,60}\bcookies\b.{0,200}|your privacy is important to us\.?",
    r"i (?:agree|accept)",
    # newsletters
    r"by (?:signing up|subscribing|registering|submitting)\b.{0,40}\byou\b.{0,60}"
    r"\b(?:agree|accept|consent|terms|privacy)\b.{0,200}",
    r"enter your e-?mail\b.{0,80}|thank(?:s| you) for (?:subscribing|signing up)\b.{0,60}",
    r"you can unsubscribe\b.{0,60}|already a (?:subscriber|member)\?.{0,60}|(?:please )?check your inbox\b.{0,80}",
    r"support (?:independent|quality|our|local) journalism\b[^,]{0,80}",
    r"(?:sign up|subscribe|register)(?: now| here| today)? (?:for|to|and)\b.{0,80}"
    r"\b(?:newsletters?|briefings?|alerts|updates|inbox|e-?mails)\b.{0,60}",
    r"get (?:our|the)\b.{0,60}\b(?:newsletter|briefing|inbox)\b.{0,60}",
    r"(?:our |daily |weekly )?newsletters?(?: sign-?up)?",
    # counters and players
    r"(?:image|photo|picture|slide) \d+ of \d+|\d+\s*/\s*\d+|(?:view |show |load(?:ing)? )?comments(?: ?\(\d+\))?",
    r"loading\s*(?:\.\.\.|…)?|tell us what you think\W*|(?:report|spotted) an? (?:typo|error|mistake)\b.{0,40}",
    r"republish (?:this|our) (?:story|article|articles)\b.{0,60}",
    r"\d+\s?[- ]?\s?min(?:ute)?s?(?: read)?|(?:reading time|read time|time to read)\s*:?\s*\d+ ?min(?:ute)?s?\.?",
    r"[\d.,]+k? (?:comments?|shares?|views?|likes?)|(?:leave|post|add|write) a comment",
    r"join the (?:conversation|discussion)|listen to (?:this )?(?:article|story)(?:\s*[\d:]+(?: min(?:utes)?)?)?",
    r"play video|watch (?:the )?video|video player is loading\.?",
    # captions that say so
    r"(?:image|photo|picture|video) caption\s*[,:].+",
    # the foot of a page
    r"(?:(?:©|\(c\)|copyright).{0,100}?)?\ball rights reserved\b\.?.{0,60}",
    r"(?:tags?|topics?|keywords|filed under|posted in|categories|related topics)\s*:.{1,200}|reuse this content",
    r"our standards: the thomson reuters trust principles\.?(?:, opens new tab)?|opens new tab",
    r".{0,80}\bissn:? ?\d{4}-\d{3}[\dx]\b.{0,40}",
    r"this material may not be (?:published|reproduced)\b.{0,120}",
    r"(?:the )?(?:views|opinions) expressed (?:here|in this (?:article|column|piece|commentary|post))\b.{0,160}",
    r"(?:#\w+[\s,]*){2,}",
    # rules between parts, pictures in Markdown
    r"[-*_=~•·–—]{3,}|(?:[-*_] ?){3,}|!\[[^\]]*\]\([^)]*\)",
)
_LINK_LABEL = (
    r"(?:(?:read|see) (?:more|also|next|on)|also (?:read|see|watch)|watch(?: also)?|related"
    r"|related (?:article|story|news|stories)|recommended|you may (?:also )?like|don['’]t miss|more(?: on this)?"
    r"|must read)\s*[:>»→|]+\s*\S.*"
)
_BUTTONS = (
    r"facebook|twitter|x|x \(twitter\)|whats\s?app|telegram|linkedin|reddit|pinterest|instagram|messenger|viber|bluesky"
    r"|threads|flipboard|pocket|e-?mail|print|copy|copy link|save|bookmark|comments?|like|tweet|post|gift|listen|close"
    r"|watch|more|register|follow|facebook messenger"
)
_LINK_LISTS = (
    r"(?:related|recommended|more|similar|other|latest|most read|trending|popular|top|editor['’]s)"
    r" (?:articles?|stories|news|topics|content|reading|coverage|from .{1,30}|now|for you|picks?)"
    r"|(?:explore )?more on th(?:is|ese) (?:story|topics?)|tags|topics|most (?:read|popular|viewed)|recommended|related"
    r"|trending|you may (?:also )?like|read (?:also|next)|see also|up next|don['’]t miss|what to read next"
)
_CLOSING = (
    r"\(?(?:(?:additional |with )?reporting|edit(?:ing|ed)|writing|written|compiled|translat(?:ed|ion)|produced)"
    r" by:? \S.*|[-–—]{1,2}\s?with assistance (?:from|by) \S.*"
    r"|(?:the )?(?:associated press|reuters|agence france-presse|afp|ap|pa media|cnn(?:['’]s)?)\b.{0,60}"
    r"\bcontributed to this (?:report|story|article)\.?"
    r"|.{1,120}\bcontributed (?:to this (?:report|story|article)|reporting)\b.{0,30}"
)


def is_furniture(line: str) -> bool:
    """Whether the line is a button, an advertisement's mark, an onward link, a notice of consent and the like."""
    if len(line) > 400:
        return False
    parts = [part for part in re.split(r"\s*[|•·]\s*", line) if part]
    if parts and all(_whole(_FURNITURE).fullmatch(part) for part in parts):
        return True
    return not _ends_with_period(line) and bool(_whole((_LINK_LABEL,)).fullmatch(line))


def is_button(line: str) -> bool:
    """Whether the line is a word that could be a share button ("Facebook", "Print") or, alone, a heading."""
    return len(line) <= 40 and bool(_whole((_BUTTONS,)).fullmatch(line))


def opens_link_list(line: str) -> bool:
    """Whether the line heads a list of other articles ("Related articles")."""
    return len(line) <= 60 and bool(_whole((_LINK_LISTS,)).fullmatch(line.rstrip(" :")))


def is_credit(line: str) -> bool:
    """Whether the line is an image's credit: "Images source: © PAP", "(Photo by Jane Roe)", "Getty Images"."""
    bare = line.strip("()[] ")
    if len(bare) > 160 or not bare:
        return False
    if _whole(_BARE_CREDITS).fullmatch(bare):
        return _is_holder(bare)
    if match := _whole(_CREDIT_FORMS[:1]).fullmatch(bare):
        return _is_holder(match["holder"])
    return any(_is_holder(match["holder"]) for form in _CREDIT_FORMS[1:] if (match := _whole((form,)).fullmatch(bare)))


def is_closing_credit(line: str) -> bool:
    """Whether the line is an agency's closing one: "(Reporting by Jane Roe; editing by John Doe)"."""
    return len(line) <= 250 and bool(_whole((_CLOSING,)).fullmatch(line))


def split_credit(line: str) -> tuple[str, str] | None:
    """A caption that ends in its credit, as both: "Putin in Moscow. (Photo by Jane Roe/AFP)"; None for other lines."""
    if len(line) > 600:
        return None
    for match in re.finditer(r"(?<=[\w.!?\"'”’)])\s*(?=[(\[])|(?<=[.!?\"”’)])\s+|\s+[|/–—]\s+", line):
        caption, credit = line[: match.start()], line[match.end() :]
        if caption and re.match(r"[(\[]?(?:photo|image|picture|ap photo|credit|©|fot|foto)", credit, re.IGNORECASE):
            closed = credit[0] not in "([" or credit.rstrip(" .")[-1] in ")]"
            if closed and is_credit(credit.rstrip(" .")):
                return caption, credit
    return None


_OUTLET = r"(?:(?:source|outlet|publisher|publication)\s*:|(?:originally )?published (?:in|by)\s*:?)\s+(?P<name>\S.*)"


def stated_outlet(line: str) -> str | None:
    """The outlet that a line names by a label: "Source: The Examiner"; None for other lines."""
    match = _whole((_OUTLET,)).fullmatch(line)
    if match is None:
        return None
    name = match["name"].strip(" .")
    return name if _is_holder(name) and "©" not in name and not is_prose(line) else None


def _is_holder(value: str) -> bool:
    """Whether `value` names who made or owns a picture: capitalised words, few, no sentence."""
    words = re.split(r"[\s/|,]+", value.strip("()[] ."))
    if not any(map(str.isalnum, value)) or len(words) > 10 or len(value) > 100:
        return False
    capital = all(not word[:1].islower() or word.lower() in _LOWER_IN_CREDITS or "." in word for word in words if word)
    return (
        capital and not re.search(r"[.!?]\s", value.replace("Inc. ", "").replace("St. ", "")) and value[-1] not in "!?"
    )


def _ends_with_period(line: str) -> bool:
    return line.rstrip("\"'”’») ").endswith((".", "。"))


@cache
def _whole(forms: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all `forms`; compiled at first use, since importing does no work."""
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)
