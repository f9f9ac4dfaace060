"""Keyboard layouts: what each key writes, plain and with Shift, in the order of an American one.

Four rows: digits, and the three rows of letters. A dead key is ◌. Read from xkeyboard-config 2.35
(the Windows layouts of the same countries agree in the letters).
"""

LAYOUTS = {
    "us": (
        "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
        '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "lt": (
        "ąčęėįšųū„“-žqwertyuiop[]asdfghjkl;'zxcvbnm,./",
        'ĄČĘĖĮŠŲŪ()_ŽQWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "lt standard": (
        "!-/;:,.=()?xąžertyuiopįwasdšghjklųėzūcvbnmčfę",
        "1234567890+XĄŽERTYUIOPĮWASDŠGHJKLŲĖZŪCVBNMČFĘ",
    ),
    "lt us": (
        "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
        '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "cz qwertz": (
        "+ěščřžýáíé=◌qwertzuiopú)asdfghjklů§yxcvbnm,.-",
        '1234567890%◌QWERTZUIOP/(ASDFGHJKL"!YXCVBNM?:_',
    ),
    "cz qwerty": (
        "+ěščřžýáíé=◌qwertyuiopú)asdfghjklů§zxcvbnm,.-",
        '1234567890%◌QWERTYUIOP/(ASDFGHJKL"!ZXCVBNM?:_',
    ),
    "bg phonetic": (
        "1234567890-=явертъуиопшщасдфгхйкл;'зьцжбнм,./",
        '!@№$%€§*()–+ЯВЕРТЪУИОПШЩАСДФГХЙКЛ:"ЗѝЦЖБНМ„“?',
    ),
    "bg bas phonetic": (
        "1234567890-=чшертъуиопящасдфгхйкл;'зжцвбнм,./",
        '!@№$%€§*()–+ЧШЕРТЪУИОПЯЩАСДФГХЙКЛ:"ЗЖЦВБНМ„“?',
    ),
    "bg bds": (
        "1234567890-.,уеишщксдзц;ьяаожгтнвмчюйъэфхпрлб",
        '!?+"%=:/–№$€ыУЕИШЩКСДЗЦ§ѝЯАОЖГТНВМЧЮЙЪЭФХПРЛБ',
    ),
    "bg bekl": (
        "1234567890-.,уеишщксдзц;ьяаожгтнвмчюйъѣфхпрлб",
        '!?+"%=:/–№$€ʼУЕИШЩКСДЗЦ§ѝЯАОЖГТНВМЧЮЙЪѢФХПРЛБ',
    ),
    "ro": (
        "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
        '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "ro qwertz": (
        "1234567890+'qwertzuiopăîasdfghjklșțyxcvbnm,.-",
        '!"#¤%&/()=?*QWERTZUIOPĂÎASDFGHJKLȘȚYXCVBNM;:_',
    ),
    "si": (
        "1234567890'+qwertzuiopšđasdfghjklčćyxcvbnm,.-",
        '!"#$%&/()=?*QWERTZUIOPŠĐASDFGHJKLČĆYXCVBNM;:_',
    ),
    "lv": (
        "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
        '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "se": (
        "1234567890+◌qwertyuiopå◌asdfghjklöäzxcvbnm,.-",
        '!"#¤%&/()=?◌QWERTYUIOPÅ◌ASDFGHJKLÖÄZXCVBNM;:_',
    ),
    "fi": (
        "1234567890+◌qwertyuiopå◌asdfghjklöäzxcvbnm,.-",
        '!"#¤%&/()=?◌QWERTYUIOPÅ◌ASDFGHJKLÖÄZXCVBNM;:_',
    ),
    "de": (
        "1234567890ß◌qwertzuiopü+asdfghjklöäyxcvbnm,.-",
        '!"§$%&/()=?◌QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_',
    ),
    "fr": (
        "&é\"'(-è_çà)=azertyuiop◌$qsdfghjklmùwxcvbn,;:!",
        "1234567890°+AZERTYUIOP◌£QSDFGHJKLM%WXCVBN?./§",
    ),
    "ru": (
        "1234567890-=йцукенгшщзхъфывапролджэячсмитьбю.",
        '!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,',
    ),
    "ua": (
        "1234567890-=йцукенгшщзхїфівапролджєячсмитьбю.",
        '!"№;%:?*()_+ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮ,',
    ),
}

AMERICAN, AMERICAN_WITH_SHIFT = LAYOUTS["us"]


def typed_by_scanner(text: str, layout: str, *, caps_lock: bool = False) -> str:
    """Return what arrives when a scanner set to American keys sends `text` into the layout."""
    plain, with_shift = LAYOUTS[layout]
    arrived = []
    for character in text:
        shift = character in AMERICAN_WITH_SHIFT
        key = (AMERICAN_WITH_SHIFT if shift else AMERICAN).index(character)
        turned_round = caps_lock and plain[key].isalpha()
        arrived.append((with_shift if shift != turned_round else plain)[key])
    return "".join(arrived)
