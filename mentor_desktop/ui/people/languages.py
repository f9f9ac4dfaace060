"""The languages a person may prefer, in the window's language."""

from functools import cache

from mentor_desktop.i18n import current_language

# The official languages of the Union, and those its neighbours and newcomers mostly bring along.
_CODES = (
    "ar be bg bs ca cs cy da de el en es et eu fa fi fr ga gl hr hu hy is it ka lb lt lv mk mt nl "
    "no pl ps pt ro ru se sk sl sq sr sv tr uk ur"
)


def language_options(extra: str = "") -> list[tuple[str, str]]:
    """Return (code, name) pairs by name, the empty choice first; `extra` is offered in any case."""
    options = list(_options(current_language().code))
    if extra and extra not in {code for code, _name in options}:
        options.append((extra, current_language().language_name(extra)))
    return options


@cache
def _options(_window_language: str) -> tuple[tuple[str, str], ...]:
    language = current_language()
    named = [(code, language.language_name(code)) for code in _CODES.split()]
    return (("", "–"), *sorted(named, key=lambda pair: pair[1].casefold()))
