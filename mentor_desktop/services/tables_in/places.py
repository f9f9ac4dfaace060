"""Countries and languages by code or by name in any of the nine languages."""

from collections.abc import Iterable
from functools import cache

from mentor_desktop.services.tables_in.words import LANGUAGES, key_of

# ISO 3166-1, and XK for Kosovo as the European Union writes it.
_ISO_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS"
    " BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE"
    " EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM"
    " HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC"
    " LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA"
    " NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW"
    " SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO"
    " TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
COUNTRY_CODES = frozenset(_ISO_CODES.split())

# What people write beside the names that Unicode keeps.
_OTHER_NAMES = {
    "CZ": "Czech Republic, Cehia, Republica Cehă, Česká republika, ČR, Češka republika,"
    " Čekijos Respublika, Tjeckiska republiken, Tšekin tasavalta",
    "GB": "UK, Great Britain, Britain, England, Scotland, Wales, Northern Ireland, Marea Britanie,"
    " Anglia, Velká Británie, Anglie, Великобритания, Англия, Velika Britanija, Anglija,"
    " Didžioji Britanija, JK, Lielbritānija, Storbritannien, Iso-Britannia, Englanti",
    "GR": "EL, Hellas",
    "IE": "Republic of Ireland, Eire",
    "MD": "Republic of Moldova, Republica Moldova",
    "MK": "Macedonia, FYROM, Macedonia de Nord, Makedonie, Македония, Makedonija, Makedonien",
    "NL": "Holland, The Netherlands, Olanda, Holandsko, Холандия, Olandija",
    "RU": "Russian Federation",
    "SK": "Slovak Republic",
    "TR": "Turkey, Turcia, Turecko, Турция, Turčija, Turkija, Turkiet, Turkki",
    "US": "USA, United States of America, SUA, САЩ, ZDA, JAV, ASV",
}


def country_code(text: str) -> str | None:
    """Return the ISO code for a code or a name; None when it is not known or not only one."""
    stripped = text.strip()
    if stripped in COUNTRY_CODES:
        return stripped
    return _countries().get(key_of(stripped))


def language_code(text: str) -> str | None:
    """Return the two- or three-letter code for a language's code or name; None when not known."""
    stripped = text.strip()
    if stripped in LANGUAGES:
        return stripped
    base = stripped.partition("-")[0].partition("_")[0]  # "sv-FI" is Swedish
    return _languages().get(key_of(base)) or _languages().get(key_of(stripped))


@cache
def _countries() -> dict[str, str]:
    from babel import Locale  # only where a name is not a code: 40 ms
    from babel.core import get_global

    named = [
        (key_of(name), code)
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if code in COUNTRY_CODES
    ]
    known = _unambiguous(named)
    for alias, codes in get_global("territory_aliases").items():
        if alias.isalpha() and len(codes) == 1 and codes[0] in COUNTRY_CODES:
            known[key_of(alias)] = codes[0]
    for code, names in _OTHER_NAMES.items():
        known |= {key_of(name): code for name in names.split(",")}
    return known | {key_of(code): code for code in COUNTRY_CODES}


@cache
def _languages() -> dict[str, str]:
    from babel import Locale  # only where a name is not a code: 40 ms

    known = _unambiguous(
        (key_of(name), code)
        for language in LANGUAGES
        for code, name in Locale(language).languages.items()
        if "_" not in code
    )
    codes = [code for code, _name in Locale("en").languages.items() if "_" not in code]
    return known | {code: code for code in codes}


def _unambiguous(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep the names that mean one thing in all nine languages."""
    known: dict[str, str] = {}
    doubtful: set[str] = set()
    for key, code in named:
        if known.setdefault(key, code) != code:
            doubtful.add(key)
    return {key: code for key, code in known.items() if key not in doubtful}
