"""What is printed on a certificate: plain values, ready to be drawn.

Services fill these; no rule is decided here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from mentor_desktop.documents.certificate_record import CertificateRecord
from mentor_desktop.documents.logo import Logo

Orientation = Literal["landscape", "portrait"]


@dataclass(frozen=True)
class Issuer:
    """Who issues: `contact` is the e-mail, telephone or address to ask when in doubt.

    `organisation_id` is printed as it is given, such as "OID E10000000".
    """

    name: str
    address: str = ""
    contact: str = ""
    organisation_id: str = ""


@dataclass(frozen=True)
class Signatory:
    """Who signs; without a picture the line stays free for ink."""

    name: str
    function: str
    picture: bytes | None = None


@dataclass(frozen=True)
class CertificateTexts:
    """What the organiser wrote, in one language; `language` is a gettext code.

    `rule_text` says which rule applied, in the words kept at issue (`rule_sentence`).
    """

    language: str
    title: str
    place: str
    country: str = ""
    rule_text: str = ""
    outcomes: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    assessment: str = ""
    quality_assurance: str = ""
    funding_statement: str = ""
    disclaimer: str = ""


@dataclass(frozen=True)
class CertificateCommon:
    """What all certificates of one issue share.

    `texts` holds one language, or two that are printed side by side; the first is the one the
    code covers. `delivery_mode` is `face_to_face`, `online_live`, `online_self_paced`,
    `blended`, `work_based` or "". `verify_url` is the start of an address to which number and
    code are added, "" when the issuer has none. `has_back` prints a second page with rule,
    modules and outcomes; it is added in any case when they don't fit on the front.
    """

    kind: str
    texts: tuple[CertificateTexts, ...]
    starts_on: date
    ends_on: date
    issuer: Issuer
    signatories: tuple[Signatory, ...] = ()
    logos: tuple[Logo, ...] = ()
    project_title: str = ""
    project_number: str = ""
    hours_total: Decimal | None = None
    delivery_mode: str = ""
    eqf_level: int | None = None
    is_eqf_referenced: bool = False
    credits: str = ""
    issue_place: str = ""
    verify_url: str = ""
    orientation: Orientation = "landscape"
    has_back: bool = False

    def written_texts(self) -> Iterator[str]:
        """Yield every text that is printed on each of the certificates."""
        yield from (self.issuer.name, self.issuer.address, self.issuer.contact)
        yield from (self.issuer.organisation_id, self.issue_place, self.credits)
        yield from (self.project_title, self.project_number)
        for signatory in self.signatories:
            yield from (signatory.name, signatory.function)
        for texts in self.texts:
            yield from (texts.title, texts.place, texts.country, texts.assessment)
            yield from (texts.rule_text, texts.quality_assurance)
            yield from (texts.funding_statement, texts.disclaimer)
            yield from (*texts.outcomes, *texts.modules)


@dataclass(frozen=True)
class CertificateSheet:
    """One certificate: `serial` without check digits ("MD26-A-00042"), `check` "67".

    `replaces` is the full number of the certificate this one stands for. `is_duplicate` marks a
    second copy of a lost original.
    """

    common: CertificateCommon
    serial: str
    check: str
    code: str
    holder_name: str
    hours_contact: Decimal
    issued_on: date
    holder_name_latin: str = ""
    birth_on: date | None = None
    result: str = ""
    valid_until: date | None = None
    replaces: str = ""
    is_duplicate: bool = False

    @property
    def number(self) -> str:
        """Return the number as people know it, with its check digits."""
        return f"{self.serial}-{self.check}"

    def record(self) -> CertificateRecord:
        """Return what the code is computed from."""
        return CertificateRecord(
            serial=self.serial,
            holder_name=self.holder_name,
            kind=self.common.kind,
            title=self.common.texts[0].title,
            starts_on=self.common.starts_on,
            ends_on=self.common.ends_on,
            hours_contact=self.hours_contact,
            issued_on=self.issued_on,
        )

    def written_texts(self) -> Iterator[str]:
        """Yield every text that belongs to this certificate alone."""
        yield from (self.holder_name, self.holder_name_latin, self.result, self.replaces)
        yield from (self.serial, self.check, self.code)
