"""What the window and the command line say of files between laptops, in the same words."""

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.moments import when
from mentor_desktop.services.second_laptop import Handed, Received


def what_next(handed: Handed, path: str) -> str:
    """Return where a file is, here written as `path`, and what to do with it elsewhere."""
    if handed.is_invitation:
        sentence = _(
            "Saved as {path}, and read back. On the other laptop start Mentor Desktop, choose "
            "“Open a file from another laptop”, and type these six words."
        )
    elif handed.words:
        sentence = _(
            "Saved as {path}, and read back. On any other laptop of this workspace choose "
            "“Open a file”, and type these six words."
        )
    else:
        sentence = _(
            "Saved as {path}, and read back. On the other laptop choose “Open a file”; "
            "no words are needed there."
        )
    return sentence.format(path=path)


def summary(received: Received) -> str:
    """Return "54 equal, 2 new, 1 to decide", or that nothing is new."""
    if not received.is_new and (received.put_back or received.has_gap):
        return _("Not all of this could be taken in.")
    if not received.is_new:
        if received.early:
            return _("Nothing of this counts yet.")
        return _("All of this was here before. Nothing was changed.")
    if not (received.equal or received.new or received.to_decide):
        return _("No marks came.")
    parts = [
        ngettext("{count} equal", "{count} equal", received.equal).format(count=received.equal),
        ngettext("{count} new", "{count} new", received.new).format(count=received.new),
        ngettext("{count} to decide", "{count} to decide", received.to_decide).format(
            count=received.to_decide
        ),
    ]
    return ", ".join(parts)


def more(received: Received) -> str:
    """Return from whom the file is, and what came besides marks."""
    parts = [
        _("From {sender}, {when}.").format(sender=received.sender, when=when(received.made_at))
    ]
    if received.is_newcomer:
        parts.append(_("That laptop takes part in the workspace from now on."))
    if received.has_gap:
        parts.append(
            _(
                "Something before this is missing here. Bring a file from this laptop to "
                "{sender} first."
            ).format(sender=received.sender)
        )
    elif received.early:
        parts.append(
            ngettext(
                "{count} change waits for what was made before it. Ask for a new file from that laptop.",
                "{count} changes wait for what was made before them. Ask for a new file from that laptop.",
                received.early,
            ).format(count=received.early)
        )
    if received.has_become_whole:
        parts.append(_("This laptop has the whole workspace from now on."))
    parts += [
        _(
            "{laptop} was put back to an earlier state. Bring a file from here to it, "
            "and then one from it to here: both have everything afterwards."
        ).format(laptop=laptop)
        for laptop in received.put_back
    ]
    if received.others:
        parts.append(
            ngettext(
                "{count} other record is new or different.",
                "{count} other records are new or different.",
                received.others,
            ).format(count=received.others)
        )
    if received.waiting:
        parts.append(
            ngettext(
                "The removal of {count} record waits until somebody agrees to it. A backup is made first.",
                "The removal of {count} records waits until somebody agrees to it. A backup is made first.",
                received.waiting,
            ).format(count=received.waiting)
        )
    return " ".join(parts)
