"""The digest: equal exactly when the rows' states are."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.sync.merge.digest import BUCKETS, Buckets, bucket_of

# Few and short, so that the same rows and states meet often.
names = st.sampled_from(("mark", "mar", "slot"))
rows = st.sampled_from(("k1", "1", "2", "a" * 32))
states = st.sampled_from(("[]", "[1]", "[2]"))
tables = st.dictionaries(st.tuples(names, rows), states, max_size=8)
Table = dict[tuple[str, str], str]


def _digest(table: Table) -> Buckets:
    buckets = Buckets()
    buckets.add_all((entity, row, state) for (entity, row), state in table.items())
    return buckets


def _pair_in_one_bucket() -> tuple[str, str]:
    """Return two rows of one entity that are counted in the same bucket."""
    seen: dict[int, str] = {}
    for number in range(BUCKETS + 1):
        row = f"{number:032x}"
        if (bucket := bucket_of("mark", row)) in seen:
            return seen[bucket], row
        seen[bucket] = row
    raise AssertionError("there are more rows than buckets")


@given(tables, tables)
def test_digests_are_equal_exactly_when_states_are(one: Table, other: Table) -> None:
    assert (_digest(one).root == _digest(other).root) == (one == other)
    changed = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert _digest(one).differing(_digest(other)) == sorted({bucket_of(*key) for key in changed})


def test_states_swapped_between_rows_of_a_bucket_are_noticed() -> None:
    first, second = _pair_in_one_bucket()
    as_it_was = _digest({("mark", first): "[1]", ("mark", second): "[2]"})
    swapped = _digest({("mark", first): "[2]", ("mark", second): "[1]"})
    assert as_it_was.differing(swapped) == [bucket_of("mark", first)]


def test_one_state_counted_twice_is_not_none() -> None:
    buckets = _digest({})
    buckets.add("mark", "1", "[]")
    buckets.add("mark", "1", "[]")
    assert buckets.root != Buckets().root


def test_parts_of_names_do_not_run_together() -> None:
    """In one bucket: rows of two buckets differ anyway."""
    text = f"mark{'0123456789abcdef' * 2}"
    split, other = next(
        pair
        for pair in combinations(range(1, len(text)), 2)
        if len({bucket_of(text[:at], text[at:]) for at in pair}) == 1
    )
    one = _digest({(text[:split], text[split:]): "[]"})
    assert one.root != _digest({(text[:other], text[other:]): "[]"}).root


@given(tables)
def test_order_does_not_matter_and_what_is_removed_is_gone(table: Table) -> None:
    buckets = Buckets()
    buckets.add("mark", "gone", "[]")
    for (entity, row), state in reversed(table.items()):
        buckets.add(entity, row, state)
    buckets.remove("mark", "gone", "[]")
    assert buckets.root == _digest(table).root


@given(tables, tables)
def test_sums_go_on_from_what_was_kept(one: Table, other: Table) -> None:
    kept = Buckets.from_bytes(_digest(one).to_bytes())
    kept.combine(_digest(other))
    for (entity, row), state in other.items():
        kept.remove(entity, row, state)
    assert kept.root == _digest(one).root
    assert kept.to_bytes() == _digest(one).to_bytes()
