"""The words of every kind of card; while a projector is on, without what is private."""

from collections.abc import Callable, Sequence
from functools import partial

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.attendance_history import MarkLine
from mentor_desktop.services.conflicts import Choice, ConflictCard, RecoveredCard
from mentor_desktop.services.decisions import MarkCard
from mentor_desktop.services.duplicates import DuplicatePair
from mentor_desktop.services.moments import when
from mentor_desktop.services.not_shared import ChangedField, NotSharedCard, NotSharedChange
from mentor_desktop.ui.deciding import recovered
from mentor_desktop.ui.deciding.card import Act, CardText, Option
from mentor_desktop.ui.deciding.reasons import why_not
from mentor_desktop.ui.widgets.status import status_name

_MOST_LETTERS = 60  # of a value on a button


def field_card(
    card: ConflictCard,
    choose: Callable[[Choice], object],
    on_open: Act | None,
    *,
    is_projected: bool,
) -> CardText:
    """Return the card of a field that was written differently."""
    is_hidden = is_projected and card.is_private
    labels = [label for label, _value in card.choices[0].lines]
    sentences = [_wrote(one, is_hidden=is_hidden) for one in card.choices]
    shown = next(one for one in card.choices if one.is_shown)
    meanwhile = _hidden() if is_hidden else _counts(_value(shown))
    return CardText(
        key=f"field {card.entity} {card.row} {card.group}",
        title=", ".join((card.title, *labels)),
        about=card.kind,
        sentences=(
            *sentences,
            " ".join((_kept(len(card.choices)), meanwhile)),
        ),
        options=()
        if is_hidden
        else tuple(
            Option(_shortened(_value(one)), partial(choose, one), is_value=True)
            for one in card.choices
        ),
        on_open=on_open,
    )


def mark_card(
    card: MarkCard,
    choose: Callable[[str], object],
    ask_paper: Act,
    open_register: Act,
) -> CardText:
    """Return the card of marks of attendance that differ."""
    conflict = card.conflict
    sentences = [_marked(one, card.own_tag) for one in conflict.marks]
    counting = next(one for one in conflict.marks if one.id == card.counting_id)
    options = [
        Option(_mark_words(one), partial(choose, one.id), is_value=True) for one in conflict.marks
    ]
    paper = (
        _("The paper is to be asked: the paper check settles it.")
        if card.asks_paper
        else _("The register counts {value} meanwhile.").format(
            value=_quoted(_mark_words(counting))
        )
    )
    if not card.asks_paper:
        options.append(Option(_("Ask the paper"), ask_paper, kind="quiet"))
    return CardText(
        key=f"mark {conflict.registration_id} {conflict.slot_id}",
        title=_("{name}, {slot}").format(name=conflict.name, slot=conflict.slot_code),
        about=_("Attendance in {workshop}").format(workshop=card.workshop_code),
        sentences=(*sentences, " ".join((_kept(len(conflict.marks)), paper))),
        options=tuple(options),
        on_open=open_register,
    )


def pair_card(pair: DuplicatePair, compare: Act) -> CardText:
    """Return the card of two people who may be one."""
    places = [one.organisation for one in (pair.first, pair.second) if one.organisation]
    return CardText(
        key=f"pair {pair.first.id} {pair.second.id}",
        title=_("Same person?"),
        about=_("{first} and {second}").format(first=pair.first.name, second=pair.second.name),
        sentences=(
            _("Both laptops entered somebody. {reason}.").format(reason=pair.words),
            *(("  ·  ".join(places),) if places else ()),
        ),
        options=(Option(_("Compare"), compare),),
        on_open=compare,
    )


def recovered_card(
    card: RecoveredCard, restore: Act, let_go: Act, *, is_projected: bool
) -> CardText:
    """Return the card of a record whose place is gone."""
    is_hidden = is_projected and card.is_private
    return CardText(
        key=f"recovered {card.entity} {card.row}",
        title=card.kind if is_hidden else card.title,
        about=card.kind,
        sentences=recovered.sentences(card),
        options=(
            Option(_("Restore"), restore),
            Option(_("Let it go"), let_go, kind="quiet"),
        )
        if card.can_be_restored
        else (),
        on_open=restore if card.can_be_restored else None,
    )


def not_shared_card(
    card: NotSharedCard, again: Act, export: Act, dismiss: Act, *, is_projected: bool
) -> CardText:
    """Return the card of own changes that the others do not have."""
    only = card.changes[0] if card.count == 1 and card.changes and not is_projected else None
    number = ngettext("{count} change", "{count} changes", card.count).format(count=card.count)
    return CardText(
        key=f"not shared {card.key}",
        title=only.name if only else number,
        about=only.kind if only else "",
        sentences=(
            _why_not(card),
            *((_hidden(),) if is_projected else _changes(card)),
        ),
        options=(
            *((Option(_("Try again"), again),) if card.is_waiting else ()),
            *((Option(_("Share again"), again),) if card.can_be_made_again else ()),
            Option(_("Save as a file"), export, kind="quiet"),
            Option(_("Dismiss"), dismiss, kind="quiet"),
        ),
        on_open=export,
    )


def _why_not(card: NotSharedCard) -> str:
    reason = why_not(card.reason)
    if not card.is_waiting:
        return reason
    kept = _("It is kept on this computer, and goes to the others by itself when that changes.")
    return f"{reason} {kept}"


def _changes(card: NotSharedCard) -> tuple[str, ...]:
    more = card.count - len(card.changes)
    rest = ngettext(
        "{count} more change is in the file that you can save.",
        "{count} more changes are in the file that you can save.",
        more,
    ).format(count=more)
    return (*map(_change, card.changes), *((rest,) if more else ()))


def _change(one: NotSharedChange) -> str:
    # Translators: Tuesday 10 March, 09:12: Jana Example (a person), changed
    head = _("{when}: {name} ({kind}), {deed}").format(
        when=when(one.at), name=one.name, kind=one.kind, deed=one.deed
    )
    return "\n".join((head, *map(_field, one.fields)))


def _field(one: ChangedField) -> str:
    if not one.old:
        return _("{field}: {new}").format(field=one.label, new=one.new)
    return _("{field}: {new} (before: {old})").format(
        field=one.label, new=one.new or _("nothing"), old=one.old
    )


def _wrote(choice: Choice, *, is_hidden: bool) -> str:
    if not choice.is_own and not choice.device:
        words = _("{who} wrote {value}, {when}.")
    else:
        words = _who_wrote(choice.who, is_own=choice.is_own)
    value = _("something private") if is_hidden else _quoted(_value(choice))
    return words.format(value=value, when=when(choice.at), who=choice.who, device=choice.device)


def _marked(line: MarkLine, own_tag: str) -> str:
    return _who_wrote(line.by, is_own=line.device == own_tag).format(
        value=_quoted(_mark_words(line)), when=when(line.at), who=line.by, device=line.device
    )


def _who_wrote(who: str, *, is_own: bool) -> str:
    if is_own:
        return _("You wrote {value}, {when}.")
    if not who:
        return _("The other laptop (device {device}) wrote {value}, {when}.")
    return _("The other laptop ({who}, device {device}) wrote {value}, {when}.")


def _kept(count: int) -> str:
    return _("Both are kept.") if count == len(("one", "other")) else _("All of them are kept.")


def _counts(value: str) -> str:
    return _("{value} is shown meanwhile.").format(value=_quoted(value))


def _hidden() -> str:
    return _("Hidden while a projector is on.")


def _value(choice: Choice) -> str:
    values = [value or _("nothing") for _label, value in choice.lines]
    return ", ".join(values) or _("nothing")


def _quoted(value: str) -> str:
    # Translators: quotation marks around a value somebody wrote
    return _("“{value}”").format(value=value)


def _shortened(value: str) -> str:
    return value if len(value) <= _MOST_LETTERS else value[: _MOST_LETTERS - 1].rstrip() + "…"


def _mark_words(line: MarkLine) -> str:
    language = current_language()
    times: Sequence[str] = [language.time(one) for one in (line.arrived_at, line.left_at) if one]
    return " ".join((status_name(line.status), "–".join(times))).strip()
