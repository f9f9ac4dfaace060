"""What a person does with the keys of a journal: enable, add, share, revoke, recover.

A `UserKeys` is one device's view, held in memory while the journal is open. Every act returns the
new records, which the caller writes as operations of kind `key` in the user's sealed stream, and
every page of the stream goes through `receive`. The keyring is kept in the encrypted store.
"""

from collections.abc import Iterable, Sequence

from mentor_desktop import crypto
from mentor_desktop.errors import NotFoundError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, BadRecord
from mentor_desktop.sync.keys.fingerprints import is_code_of
from mentor_desktop.sync.keys.key_records import (
    RECOVERY,
    Card,
    Holder,
    KeyRecord,
    Kind,
    Seal,
    Statement,
)
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.ledger import Ledger
from mentor_desktop.sync.keys.recovery import holder_of_code
from mentor_desktop.sync.keys.standing import Epoch, Standing, standing_of


class UserKeys:
    """One device's keys of its user's journals. Times are milliseconds since 1970.

    `card` is to be sent once, so that others can compare it; `standing` is whom this device trusts
    now; `bad_seals` are those that do not fit and kept an epoch closed.
    """

    def __init__(self, holder: Holder, ledger: Ledger, keyring: Keyring) -> None:
        self._holder = holder
        self._ledger = ledger
        self.keyring = keyring
        self.card: Card = holder.card
        self.standing: Standing
        self.bad_seals: tuple[Seal, ...]
        self._ledger.add(holder.card)
        self._look()

    def receive(self, records: Iterable[KeyRecord]) -> list[str]:
        """Take records that came; return why some were refused. Follow with `catch_up`."""
        reasons = self._ledger.add_all(records)
        self._look()
        return reasons

    def unknown_cards(self) -> list[Card]:
        """Return the user's devices that wait to be compared and added, by fingerprint."""
        known = {card.fingerprint for card in self.standing.trusted} | self.standing.revoked
        found = (card for card in self._ledger.cards.values() if card.user == self._ledger.user)
        waiting = [c for c in found if c.device != RECOVERY and c.fingerprint not in known]
        return sorted(waiting, key=lambda card: card.fingerprint)

    def enable(self, journal: str, at: int) -> list[KeyRecord]:
        """Make a new epoch of a journal for everybody who is trusted now: the first, or the next."""
        epoch = self.keyring.add_new(journal)
        return [self._say("epoch", epoch, at, journal), *self._seal_missing()]

    def writing_epoch(self, journal: str, at: int) -> tuple[Epoch, list[KeyRecord]]:
        """Return the epoch to write a journal with, and the records of a new one when it needs one.

        Raises:
            NotFoundError: this device was taken out.
        """
        if self.standing.is_revoked:
            raise NotFoundError(
                _(
                    "This computer was taken out of the journal's devices. "
                    "Add it again as a new one, on another device or with the recovery code."
                )
            )
        made = self.enable(journal, at) if self._epoch_to_write(journal) is None else []
        epoch = self._epoch_to_write(journal)
        assert epoch is not None, "a trusted device writes with its own new epoch"
        return epoch, made

    def disable(self, journal: str, epoch: str, at: int) -> list[KeyRecord]:
        """Never write with an epoch again; what was written stays readable."""
        return [self._say("disable", epoch, at, journal)]

    def add_device(self, typed: str, at: int) -> list[KeyRecord]:
        """Add the waiting device whose code was compared, and give it every epoch.

        The other device does the same with the code of this one.

        Raises:
            NotFoundError: no waiting device has this code.
            ValidationError: this is no code.
        """
        fitting = [card for card in self.unknown_cards() if is_code_of(card.fingerprint, typed)]
        if not fitting and is_code_of(self._holder.fingerprint, typed):
            raise ValidationError(
                _("This is the code of this computer. Type the one the other computer shows.")
            )
        if len(fitting) != 1:
            raise NotFoundError(
                _(
                    "No waiting device has this code. Compare it with the other screen; if it is "
                    "the same, sync both computers and try again."
                )
            )
        return [self._say("add", fitting[0].fingerprint, at), *self._seal_missing()]

    def share_with(self, reader: Card, at: int) -> list[KeyRecord]:
        """Let somebody else's device read everything; it adds nobody and writes nothing.

        Raises:
            BadRecord: this is no card.
        """
        if self._ledger.add(reader):
            raise BadRecord
        return [reader, self._say("reader", reader.fingerprint, at), *self._seal_missing()]

    def revoke(self, fingerprint: str, at: int) -> list[KeyRecord]:
        """Take a device, sheet or reader out for ever; every journal gets its next epoch."""
        made: list[KeyRecord] = [self._say("revoke", fingerprint, at)]
        return made + self._renew(at)

    def print_sheet(self, at: int) -> tuple[str, list[KeyRecord]]:
        """Return the code of a new recovery sheet, shown once, and its records.

        Writing is allowed before the sheet is confirmed; `standing` tells that it is not.
        """
        code = crypto.new_recovery_code()
        sheet = holder_of_code(code, self._ledger.ws, self._ledger.user)
        self._ledger.add(sheet.card)
        made: list[KeyRecord] = [sheet.card, self._say("add", sheet.fingerprint, at)]
        trusted = (card.fingerprint for card in self.standing.trusted)
        others = [one for one in trusted if one != sheet.fingerprint]
        made += [self._say("add", one, at, holder=sheet) for one in others]
        return code, [*made, *self._seal_missing()]

    def confirm_sheet(self, code: str, at: int) -> list[KeyRecord]:
        """Note that a sheet was typed in again and fits.

        Raises:
            ValidationError: mistyped, or no sheet of this journal.
        """
        sheet = self._known_sheet(code)
        return [self._say("confirm", sheet.fingerprint, at, holder=sheet)]

    def recover(self, code: str, at: int) -> list[KeyRecord]:
        """Sign this device in with a recovery code and open everything it opens.

        Raises:
            ValidationError: mistyped, or no sheet of this journal.
        """
        return self.recover_as(self._known_sheet(code), at)

    def recover_as(self, sheet: Holder, at: int) -> list[KeyRecord]:
        """Do the same with a holder at hand: a sheet by its passphrase copy, or the device that
        this one is a restored copy of, whose keys lie in the same store.
        """
        own = self._holder.fingerprint
        made: list[KeyRecord] = [self.card, self._say("add", sheet.fingerprint, at)]
        made.append(self._say("add", own, at, holder=sheet))
        self.keyring.open_seals(self._ledger, self.standing, sheet)
        return made + self.catch_up(at)

    def catch_up(self, at: int) -> list[KeyRecord]:
        """Return what others lack: seals for devices added elsewhere, epochs after revocations."""
        if self.standing.is_revoked:
            return []
        return [*self._renew(at), *self._seal_missing()]

    def _renew(self, at: int) -> list[KeyRecord]:
        """Make the next epoch of every journal that has one, but none to write with."""
        made: list[KeyRecord] = []
        for journal in sorted({journal for journal, _epoch in self.standing.epochs}):
            if not self.standing.writing_epochs(journal):
                made += self.enable(journal, at)
        return made

    def _epoch_to_write(self, journal: str) -> Epoch | None:
        """Return the newest epoch that may be written with and whose key is here."""
        fitting = self.standing.writing_epochs(journal)
        return next((e for e in fitting if (journal, e.id) in self.keyring), None)

    def _known_sheet(self, code: str) -> Holder:
        sheet = holder_of_code(code, self._ledger.ws, self._ledger.user)
        is_added = any(
            s.kind == "add" and s.about == sheet.fingerprint
            for s in self._ledger.statements.values()
        )
        if (
            not is_added
            or sheet.fingerprint in standing_of(self._ledger, sheet.fingerprint).revoked
        ):
            raise ValidationError(
                _(
                    "This code is not of this journal, or a newer sheet took its place. "
                    "Look for the newest sheet, and sync first if this computer is new."
                )
            )
        return sheet

    def _say(
        self, kind: Kind, about: str, at: int, journal: str = "", holder: Holder | None = None
    ) -> Statement:
        by = holder or self._holder
        ledger = self._ledger
        seen = standing_of(ledger, by.fingerprint)
        out = tuple(sorted(seen.revoked)) if kind == "epoch" else ()
        draft = Statement(
            ledger.ws, ledger.user, kind, by.fingerprint, about, journal, seen.heads, out, at,
            NO_SIGNATURE,
        )  # fmt: skip
        statement = by.signed(draft)
        self._ledger.add(statement)
        self._look()
        return statement

    def _seal_missing(self) -> Sequence[Seal]:
        seals = self.keyring.missing_seals(self._ledger, self.standing, self._holder)
        self._ledger.add_all(seals)
        return seals

    def _look(self) -> None:
        self.standing = standing_of(self._ledger, self._holder.fingerprint)
        bad = self.keyring.open_seals(self._ledger, self.standing, self._holder)
        self.bad_seals = tuple(bad)
