"""The words of a certificate that are ours, in the certificate's language."""

from dataclasses import dataclass, replace
from decimal import Decimal

from mentor_desktop.documents.certificate_sheet import (
    CertificateCommon,
    CertificateSheet,
    CertificateTexts,
)
from mentor_desktop.i18n import N_, Language

_HEADINGS = {
    "attendance": N_("Certificate of attendance"),
    "participation_online": N_("Certificate of online participation"),
    "achievement": N_("Certificate of achievement"),
    "micro_credential": N_("Micro-credential"),
    "mentor_qualification": N_("Mentor qualification"),
    "trainer_contribution": N_("Certificate of contribution"),
    "mentoring_completion": N_("Certificate of completed mentoring"),
    "learning_statement": N_("Learning statement"),
}

# The name stands above and the title of the event or programme below these words.
_DEEDS = {
    "attendance": N_("took part in"),
    "participation_online": N_("took part online in"),
    "achievement": N_("reached the learning outcomes of"),
    "micro_credential": N_("reached the learning outcomes of"),
    "mentor_qualification": N_("is qualified as a mentor after"),
    "trainer_contribution": N_("contributed as a trainer to"),
    "mentoring_completion": N_("completed a mentoring relationship in"),
    "learning_statement": N_("describes what was learnt in"),
}

_MODES = {
    "face_to_face": N_("in person"),
    "online_live": N_("online, live"),
    "online_self_paced": N_("online, at one's own pace"),
    "blended": N_("in person and online"),
    "work_based": N_("at the workplace"),
}


@dataclass(frozen=True)
class CertificateRule:
    """The rule that applied.

    `kind` is `minutes_pct`, `slots_pct`, `all_slots`, `named_items` or `none`; `percent` belongs
    to the first two, `items` to `named_items`. `counted_minutes` is the length of the whole
    event, breaks left out.
    """

    kind: str = "none"
    percent: Decimal | None = None
    items: tuple[str, ...] = ()
    counted_minutes: int | None = None


@dataclass(frozen=True)
class Fact:
    """A labelled value; `second` is the value in the second language where it differs.

    `is_on_back` marks what may leave a crowded front, because the back says it too.
    """

    label: str
    value: str
    second: str = ""
    is_on_back: bool = False


def is_known(kind: str, delivery_mode: str) -> bool:
    """Say whether there are words for a kind of certificate and for its form of participation."""
    return kind in _HEADINGS and (not delivery_mode or delivery_mode in _MODES)


def heading(kind: str, language: Language) -> str:
    """Return the name of a kind of certificate."""
    return language.gettext(_HEADINGS[kind])


def introduction(language: Language) -> str:
    """Return the words above the holder's name."""
    # Translators: stands above the holder's name on a certificate; the name follows on its own
    # line, then for example "took part in" and the title of the workshop.
    return language.gettext("This is to certify that")


def deed(kind: str, language: Language) -> str:
    """Return the words between the holder's name and the title."""
    return language.gettext(_DEEDS[kind])


def rule_sentence(rule: CertificateRule, language: Language) -> str:
    """Return the sentence that says which rule applied; "" when there was none."""
    number = language.number
    if rule.kind == "minutes_pct" and rule.percent is not None:
        sentence = language.gettext(
            "Given to those who attended at least {percent} % of the counted time."
        ).format(percent=number(rule.percent))
    elif rule.kind == "slots_pct" and rule.percent is not None:
        sentence = language.gettext(
            "Given to those who attended at least {percent} % of the half-days."
        ).format(percent=number(rule.percent))
    elif rule.kind == "all_slots":
        sentence = language.gettext("Given to those who attended every half-day.")
    elif rule.kind == "named_items":
        sentence = language.gettext("Given to those who attended: {items}.").format(
            items=", ".join(rule.items)
        )
    else:
        return ""
    if rule.counted_minutes is None:
        return sentence
    hours = Decimal(rule.counted_minutes) / 60
    length = language.gettext(
        "Counted time: {minutes} minutes ({hours} hours), breaks and meals left out."
    )
    length = length.format(minutes=number(rule.counted_minutes), hours=number(hours, 1))
    return f"{sentence} {length}"


def common_facts(common: CertificateCommon) -> list[Fact]:
    """Return what all certificates of an issue say about the event, in reading order."""
    languages = [Language(texts.language) for texts in common.texts]
    facts = [
        _fact(N_("Dates"), languages, [_dates(common, language) for language in languages]),
        _fact(N_("Place"), languages, [_place(texts) for texts in common.texts]),
    ]
    if common.delivery_mode:
        mode = _MODES[common.delivery_mode]
        values = [language.gettext(mode) for language in languages]
        facts.append(_fact(N_("Form of participation"), languages, values))
    if common.hours_total is not None:
        values = [_hours(common.hours_total, language) for language in languages]
        facts.append(_fact(N_("Total workload"), languages, values))
    if common.eqf_level is not None:
        values = [_level(common, language) for language in languages]
        facts.append(_fact(N_("Level"), languages, values))
    if common.credits:
        facts.append(_fact(N_("Credits"), languages, [common.credits]))
    optional = (
        (N_("Assessment"), [texts.assessment for texts in common.texts]),
        (N_("Quality assurance"), [texts.quality_assurance for texts in common.texts]),
        (N_("Project number"), [common.project_number]),
    )
    facts += [
        replace(_fact(label, languages, values), is_on_back=True)
        for label, values in optional
        if any(values)
    ]
    return facts


def own_facts(sheet: CertificateSheet) -> list[Fact]:
    """Return what differs from holder to holder, contact hours first."""
    languages = [Language(texts.language) for texts in sheet.common.texts]
    hours = [_hours(sheet.hours_contact, language) for language in languages]
    facts = [_fact(N_("Contact hours"), languages, hours)]
    if sheet.result:
        facts.append(_fact(N_("Result"), languages, [sheet.result]))
    for label, day in (
        (N_("Date of birth"), sheet.birth_on),
        (N_("Valid until"), sheet.valid_until),
    ):
        if day is not None:
            values = [language.date(day) for language in languages]
            facts.append(_fact(label, languages, values))
    return facts


def issued(sheet: CertificateSheet) -> Fact:
    """Return where and when the certificate was issued."""
    languages = [Language(texts.language) for texts in sheet.common.texts]
    values = [language.date(sheet.issued_on) for language in languages]
    if sheet.common.issue_place:
        values = [f"{sheet.common.issue_place}, {value}" for value in values]
    return _fact(N_("Issued"), languages, values)


def _fact(label: str, languages: list[Language], values: list[str]) -> Fact:
    labels = dict.fromkeys(language.gettext(label) for language in languages)
    # "17.0 h" beside "17,0 h" would say the same twice.
    different = {"".join(filter(str.isalnum, value)): value for value in reversed(values) if value}
    first, *others = reversed(different.values())
    return Fact(" · ".join(labels), first, " · ".join(others))


def _dates(common: CertificateCommon, language: Language) -> str:
    return language.date_range(common.starts_on, common.ends_on)


def _place(texts: CertificateTexts) -> str:
    return ", ".join(part for part in (texts.place, texts.country) if part)


def _hours(hours: Decimal, language: Language) -> str:
    # Translators: a number of hours on a certificate, always with one decimal: "17.0 h".
    return language.gettext("{hours} h").format(hours=language.number(hours, 1))


def _level(common: CertificateCommon, language: Language) -> str:
    level = language.number(common.eqf_level or 0)
    if common.is_eqf_referenced:
        return language.gettext("EQF level {level}").format(level=level)
    return language.gettext("EQF level {level} (own estimate)").format(level=level)
