"""Coverage-guided fuzzing of capture: `make fuzz-capture [RUNS=1000000]`. Ends at the first crash or broken law."""

import sys

import atheris

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.capture.extraction import find_contacts, find_contacts_in_thread, is_possible_part

MARKETS = ("ID", "SG", "MY", "PH", "TH", "VN")
LONGEST = 400


def check(content: bytes) -> None:
    """One text, as a message and cut into a thread."""
    given = atheris.FuzzedDataProvider(content)
    market = MARKETS[given.ConsumeIntInRange(0, 5)]
    cut = given.ConsumeIntInRange(0, LONGEST)
    text = given.ConsumeUnicode(LONGEST)
    floor = 0
    for found in find_contacts(text, market):
        assert floor <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        floor = found.end
    parts = [text[:cut], text[cut:]]
    for one in find_contacts_in_thread(parts, market):
        for part in one.parts:
            assert parts[part.index][part.start : part.end] == part.text
    is_possible_part(text)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
