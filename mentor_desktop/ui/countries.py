"""The countries of the world in the window's language, to choose from."""

from functools import cache

from PySide6.QtCore import QCollator, QLocale

from mentor_desktop.i18n import current_language

# ISO 3166-1 alpha-2, all officially assigned codes, and XK, which the EU uses for Kosovo.
_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA "
    "ZM ZW"
)


def country_options() -> list[tuple[str, str]]:
    """Return (code, name) pairs sorted as the window's language sorts, the empty choice first."""
    return list(_options(current_language().code))


@cache
def _options(language_code: str) -> tuple[tuple[str, str], ...]:
    language = current_language()
    collator = QCollator(QLocale(language_code))
    named = [(code, language.country(code)) for code in _CODES.split()]
    return (("", "–"), *sorted(named, key=lambda pair: collator.sortKey(pair[1])))
