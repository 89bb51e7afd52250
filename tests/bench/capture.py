"""Capture measured beside its peers, in one run: `make bench-capture [PART=held]`.

Prints precision, recall, F1, exact and clean shares for each class of the corpus, recall by tag, and messages per
second in one process; then the slowest texts that a search finds. Peers are what people use today.
"""

import argparse
import json
import random
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers

from chalicelib.capture.extraction import RULE_SET, find_contacts, find_contacts_in_thread

CORPORA = Path(__file__).parent.parent / "corpora"
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
ROUNDS = 3
LONGEST = 6_000

Contacts = set[tuple[str, str]]
Engine = Callable[[str, str], Contacts]


@dataclass(frozen=True)
class Row:
    """A labelled message, or a thread of a customer's messages."""

    id: str
    market: str
    group: str  # ordinary, obfuscated, clean, thread
    texts: tuple[str, ...]
    expect: frozenset[tuple[str, str]]
    tags: tuple[str, ...]


@dataclass
class Score:
    """Counts of contacts and of messages."""

    hits: int = 0
    extra: int = 0
    missed: int = 0
    exact: int = 0
    rows: int = 0
    clean: int = 0
    free: int = 0  # rows without a contact
    by_tag: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, row: Row, got: Contacts, expect: Contacts) -> None:
        self.hits += len(got & expect)
        self.extra += len(got - expect)
        self.missed += len(expect - got)
        self.exact += got == expect
        self.rows += 1
        if not expect:
            self.free += 1
            self.clean += not got
        for tag in row.tags:
            self.by_tag[tag].update(hit=len(got & expect), all=len(expect))

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.extra) if self.hits + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def rows_of(part: str) -> Iterator[Row]:
    """The corpus of a part, `dev` or `held`."""
    for path in sorted(CORPORA.glob(f"messages-{part}-*.jsonl")):
        for line in path.read_text().splitlines():
            one = json.loads(line)
            yield Row(one["id"], one["market"], one["class"], (one["text"],), _expected(one), tuple(one["tags"]))
    for path in sorted(CORPORA.glob(f"threads-{part}-*.jsonl")):
        for line in path.read_text().splitlines():
            one = json.loads(line)
            texts = tuple(said["text"] for said in one["messages"] if said["from"] == "customer")
            yield Row(one["id"], one["market"], "thread", texts, _expected(one), tuple(one["tags"]))


def _expected(one: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((contact["kind"], contact["value"]) for contact in one["expect"])


# The engines. Each answers the contacts of a text for an account of a market.


def ours(text: str, market: str) -> Contacts:
    return {(found.kind, found.value) for found in find_contacts(text, market)}


def _numbers(text: str, market: str) -> Contacts:
    found = phonenumbers.PhoneNumberMatcher(text, market, phonenumbers.Leniency.VALID)
    return {("phone", phonenumbers.format_number(one.number, phonenumbers.PhoneNumberFormat.E164)) for one in found}


def matcher(text: str, market: str) -> Contacts:
    return _numbers(text, market) | {("email", one.lower()) for one in EMAIL.findall(text)}


def scraper(text: str, market: str) -> Contacts:
    from email_scraper import scrape_emails

    plain = unicodedata.normalize("NFKC", text)
    return _numbers(plain, market) | {("email", one.lower()) for one in scrape_emails(plain)}


def presidio(text: str, market: str) -> Contacts:
    phones, emails = _recognizers(market)
    found: Contacts = set()
    for one in phones.analyze(text, ["PHONE_NUMBER"], None):
        found |= _numbers(text[one.start : one.end], market)
    for one in emails.analyze(text, ["EMAIL_ADDRESS"], None):
        found.add(("email", text[one.start : one.end].lower()))
    return found


@cache
def _recognizers(market: str) -> tuple[Any, Any]:
    import tldextract
    from presidio_analyzer.predefined_recognizers import EmailRecognizer, PhoneRecognizer

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # its own list; nothing is fetched
    return PhoneRecognizer(supported_regions=(market,)), EmailRecognizer()


PEERS: dict[str, Engine] = {
    "ours": ours,
    "phonenumbers VALID + e-mail regex": matcher,
    "NFKC + email-scraper": scraper,
    "Presidio": presidio,
}


def installed() -> dict[str, Engine]:
    """The engines that can be asked here."""
    found = {}
    for name, engine in PEERS.items():
        try:
            engine("hi", "SG")
        except ImportError as error:
            print(f"{name}: not installed ({error.name})", file=sys.stderr)
        else:
            found[name] = engine
    return found


def scored(rows: Iterable[Row], engine: Engine, kinds: set[str], *, is_ours: bool) -> dict[str, Score]:
    """The scores of an engine by class. A thread is asked of ours as such, of the peers as one text of many lines."""
    scores: dict[str, Score] = defaultdict(Score)
    for row in rows:
        if row.group == "thread" and is_ours:
            got: Contacts = {(one.kind, one.value) for one in find_contacts_in_thread(row.texts, row.market)}
        else:
            got = engine("\n".join(row.texts), row.market)
        expect = {one for one in row.expect if one[0] in kinds}
        scores[row.group].add(row, {one for one in got if one[0] in kinds}, expect)
    return scores


def print_scores(title: str, scores: dict[str, dict[str, Score]]) -> None:
    print(f"\n{title}")
    print(f"{'':36}{'class':12}{'rows':>6}{'precision':>11}{'recall':>8}{'F1':>8}{'exact':>8}{'left alone':>12}")
    for name, by_group in scores.items():
        for group in ("ordinary", "obfuscated", "thread", "clean"):
            one = by_group[group]
            alone = f"{one.clean / one.free:.4f}" if one.free else "-"
            asked = (f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}") if group != "clean" else ("-",) * 3
            print(
                f"{name:36}{group:12}{one.rows:>6}{asked[0]:>11}{asked[1]:>8}{asked[2]:>8}"
                f"{one.exact / max(1, one.rows):>8.4f}{alone:>12}"
            )
            name = ""  # noqa: PLW2901 - told once


def print_tags(scores: dict[str, Score]) -> None:
    """Recall of ours by tag, the weakest first."""
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for one in scores.values():
        for tag, counts in one.by_tag.items():
            total[tag].update(counts)
    weak = sorted((counts["hit"] / counts["all"], tag, counts) for tag, counts in total.items() if counts["all"])
    print(
        "\nRecall of ours by tag, below 1: "
        + (", ".join(f"{tag} {counts['hit']}/{counts['all']}" for share, tag, counts in weak if share < 1) or "none")
    )


def seconds(engine: Engine, texts: list[tuple[str, str]]) -> float:
    """The best of some rounds over all texts."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for text, market in texts:
            engine(text, market)
        best = min(best, time.perf_counter() - started)
    return best


def print_speed(rows: list[Row], engines: dict[str, Engine]) -> None:
    every = [(text, row.market) for row in rows for text in row.texts]
    chat = [
        (row.texts[0], row.market)
        for row in rows
        if row.group == "clean" and not row.expect and sum(letter.isdecimal() for letter in row.texts[0]) < 4
    ]
    print(f"\nSpeed, one process: {len(every)} messages of the corpus, {len(chat)} of everyday chat")
    base = (seconds(matcher, every), seconds(matcher, chat))
    for name, engine in engines.items():
        took = (seconds(engine, every), seconds(engine, chat))
        print(
            f"{name:36}{len(every) / took[0]:>12,.0f}/s ({base[0] / took[0]:.1f} x matcher)"
            f"{len(chat) / took[1]:>14,.0f}/s on chat ({base[1] / took[1]:.1f} x)"
        )


PIECES = (
    "1 ", "0812-", "1-", "1.1", "+62", "(0", ") ", "satu ", "dua dua ", "nol", "@", "a@b.", "gmail ", "at ", " dot ",
    "o0l1", "０", "๐๘", "\u200b", "\n", "/", "a.b.", "wa.me/", "x", "*", "-", "no hp ", "saya ", "nama ", "ชื่อ", "หนึ่ง",
    "812345678", "rek ", "#", "[", "(at)", ".com", "8️⃣", "một hai ", "|", "I'm ", "tên ",
    "double ", "ba con ", "lalu ", "plus ", "noldelapan", "0one7eight", "0 di depan ", "dua kali ", "x2 ", "Siti ",
    " here", "this is ", "Regards, ", " - Budi", "นะคะ", "เบอร์", "ศูนย์แปด", "จุด", "แอท", "我叫", "陈", "零八", "点",
    "电话", "hp0812", "62812345678a", "O8l2 ", "I ", "o ", "BCA ", "resi ", "12/08/26 ", "1.250.000", "underscore ",
    "a b c ", " @ ", "..", "__", "İ", "ﷺ",
)  # fmt: skip


def print_worst(budget: int) -> None:
    """The slowest texts a search of mutations finds, for ours and the matcher, at full and half length."""
    dice = random.Random(7)
    worst = {name: _searched(engine, dice, budget) for name, engine in (("ours", ours), ("matcher", matcher))}
    print(f"\nSlowest texts found in {budget} tries each, of {LONGEST:,} characters")
    for name, (text, took) in worst.items():
        print(f"{name:10}{took * 1_000:8.1f} ms  {text[:40]!r}…")
    text, took = worst["ours"]
    half = _once(ours, text[: LONGEST // 2])
    print(f"ours at its worst: {took / worst['matcher'][1]:.2f} x the matcher's worst; {took / half:.2f} x its half")


def _searched(engine: Engine, dice: random.Random, budget: int) -> tuple[str, float]:
    best, slowest = "", 0.0
    for place in range(budget):
        if place % 2 and best:
            cut = dice.randrange(len(best))
            unit = best[:cut][-40:] + dice.choice(PIECES)
        else:
            unit = "".join(dice.choice(PIECES) for _ in range(dice.randint(1, 6)))
        text = (unit * (LONGEST // len(unit) + 1))[:LONGEST]
        took = _once(engine, text)
        if took > slowest:
            best, slowest = text, took
    return best, min(_once(engine, best) for _ in range(3))


def _once(engine: Engine, text: str) -> float:
    started = time.perf_counter()
    engine(text, "ID")
    return time.perf_counter() - started


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=("dev", "held"), default="held")
    asked.add_argument("--tries", type=int, default=400)
    chosen = asked.parse_args()
    rows, engines = list(rows_of(chosen.part)), installed()
    print(f"Rule set {RULE_SET}; part {chosen.part}: {len(rows)} rows")
    kinds = {"phone", "email"}
    scores = {name: scored(rows, engine, kinds, is_ours=engine is ours) for name, engine in engines.items()}
    print_scores("Phone numbers and e-mail addresses", scores)
    print_tags(scores["ours"])
    single = [row for row in rows if row.group != "thread"]
    print_scores("Names", {"ours": scored(single, ours, {"name"}, is_ours=True)})
    total = Score()
    for row in single:
        total.add(
            row,
            {one for one in ours(row.texts[0], row.market) if one[0] == "name"},
            {one for one in row.expect if one[0] == "name"},
        )
    print(f"names over all messages: precision {total.precision:.4f}, recall {total.recall:.4f}")
    print_speed(rows, engines)
    print_worst(chosen.tries)


if __name__ == "__main__":
    main()
