"""The review of policies measured beside a list of keywords, in one run: `make bench-review [PART=held]`.

Prints the confusion of verdicts, wrong ones, what a person has to read, pairs of a good policy and its mutation told
apart, precision and recall of the checks, the same by market and by language, and CPU beside that of reading the file.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from chalicelib.markets import MARKETS
from chalicelib.review import review_policy
from chalicelib.review.checks import CHECKS, HARD_CORE
from chalicelib.review.document import DocumentRefused, read_document
from chalicelib.review.findings import find_statements
from chalicelib.review.policy import rule_set
from chalicelib.review.reading import read_policy
from tests.bench.keywords import review_by_keywords

CORPUS: Final = Path(__file__).parent.parent / "corpora" / "policies"
VERDICTS: Final = ("approve", "reject", "human")
ROUNDS: Final = 3

Answer = tuple[str, frozenset[str]]  # the verdict, and the checks stated
Engine = Callable[["Policy"], Answer]


@dataclass(frozen=True)
class Policy:
    """A labelled policy; `of` names the good one that a mutation was made of."""

    file: str
    content: bytes
    market: str
    language: str
    company: str
    verdict: str
    why: str | None
    of: str | None
    stated: frozenset[str]

    @property
    def is_readable(self) -> bool:
        """Whether the rules should decide it without a person."""
        return self.verdict != "human"

    @property
    def tells_checks(self) -> bool:
        """Whether its checks are judged: labelled, and no other kind of text or blank decides before them."""
        return bool(self.stated) and (self.verdict == "approve" or (self.why or "").startswith("missing_"))


@dataclass
class Score:
    """Counts of verdicts, and of checks: `hits` stated and found, `extra` found and not stated, `missed`."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, policy: Policy, answer: Answer) -> None:
        verdict, stated = answer
        self.verdicts[policy.verdict, verdict] += 1
        if policy.tells_checks:
            self.hits.update(stated & policy.stated)
            self.extra.update(stated - policy.stated)
            self.missed.update(policy.stated - stated)

    def precision(self, checks: Iterable[str] = CHECKS) -> float:
        return _share(sum(self.hits[one] for one in checks), sum(self.extra[one] for one in checks))

    def recall(self, checks: Iterable[str] = CHECKS) -> float:
        return _share(sum(self.hits[one] for one in checks), sum(self.missed[one] for one in checks))

    @property
    def count(self) -> int:
        return self.verdicts.total()

    @property
    def right(self) -> int:
        return sum(self.verdicts[one, one] for one in VERDICTS)

    @property
    def wrong_approvals(self) -> int:
        return self.verdicts["reject", "approve"] + self.verdicts["human", "approve"]

    @property
    def wrong_rejections(self) -> int:
        return self.verdicts["approve", "reject"] + self.verdicts["human", "reject"]

    @property
    def to_a_person(self) -> int:
        """Readable policies that a person has to read all the same."""
        return self.verdicts["approve", "human"] + self.verdicts["reject", "human"]

    @property
    def readable(self) -> int:
        return sum(count for (label, _), count in self.verdicts.items() if label != "human")


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 1.0


def policies_of(part: str) -> list[Policy]:
    """The corpus of a part, `dev` or `held`."""
    rows = map(json.loads, (CORPUS / f"{part}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Policy(
            file=row["file"],
            content=(CORPUS / part / row["file"]).read_bytes(),
            market=row["market"],
            language=row["language"],
            company=row["company"],
            verdict=row["verdict"],
            why=row["why"],
            of=row["of"],
            stated=frozenset(check for check, status in row["statements"].items() if status == "stated"),
        )
        for row in rows
    ]


# The engines.


def ours(policy: Policy) -> Answer:
    review = review_policy(policy.content, policy.file, policy.market, policy.company)
    return review.verdict, frozenset(one.check for one in review.findings if one.status == "stated")


def keywords(policy: Policy) -> Answer:
    return review_by_keywords(policy.content, policy.file, policy.market, policy.company)


def reading(policy: Policy) -> Answer:
    """No review: what it takes to get at the text."""
    try:
        read_document(policy.content, policy.file)
    except DocumentRefused:
        return "human", frozenset()
    return "approve", frozenset()


ENGINES: Final[dict[str, Engine]] = {"review": ours, "keywords": keywords}
Answers = dict[str, Answer]  # by file


def scored(policies: Iterable[Policy], answers: Answers) -> Score:
    score = Score()
    for policy in policies:
        score.add(policy, answers[policy.file])
    return score


def print_verdicts(scores: dict[str, Score]) -> None:
    for name, score in scores.items():
        print(f"\n{name + ': labelled, down; given':28}" + "".join(f"{verdict:>10}" for verdict in VERDICTS))
        for label in VERDICTS:
            print(f"  {label:26}" + "".join(f"{score.verdicts[label, given]:>10}" for given in VERDICTS))
    print(f"\n{'':28}" + "".join(f"{name:>18}" for name in scores))
    _line("right", (f"{one.right / one.count:.4f}" for one in scores.values()))
    _line("wrong approvals", (str(one.wrong_approvals) for one in scores.values()))
    _line("wrong rejections", (str(one.wrong_rejections) for one in scores.values()))
    readable = (f"{one.to_a_person}/{one.readable} {one.to_a_person / one.readable:.4f}" for one in scores.values())
    _line("readable, to a person", readable)


def _line(title: str, values: Iterable[str]) -> None:
    print(f"{title:28}" + "".join(f"{value:>18}" for value in values))


def print_pairs(policies: list[Policy], answers: dict[str, Answers]) -> None:
    """Good policies beside what was made of them by taking or twisting one statement."""
    good = {policy.file for policy in policies if policy.verdict == "approve"}
    pairs = [(one.of, one.file) for one in policies if one.verdict == "reject" and one.of in good]
    told: dict[str, list[str]] = {"pairs told apart": [], "  mutation rejected": []}
    for given in answers.values():
        approved = [bad for origin, bad in pairs if given[origin][0] == "approve"]
        apart = sum(given[bad][0] != "approve" for bad in approved)
        strict = sum(given[bad][0] == "reject" for bad in approved)
        told["pairs told apart"].append(f"{apart}/{len(pairs)} {apart / len(pairs):.4f}")
        told["  mutation rejected"].append(f"{strict}/{len(pairs)} {strict / len(pairs):.4f}")
    for title, values in told.items():
        _line(title, values)


def print_checks(scores: dict[str, Score]) -> None:
    required, rest = HARD_CORE, tuple(check for check in CHECKS if check not in HARD_CORE)
    rows = {**{check: (check,) for check in CHECKS}, "hard core": required, "the rest": rest, "all": CHECKS}
    print(f"\n{'check':14}{'stated':>8}" + "".join(f"{f'{name}: precision':>22}{'recall':>10}" for name in scores))
    for title, checks in rows.items():
        first = next(iter(scores.values()))
        stated = sum(first.hits[one] + first.missed[one] for one in checks)
        told = "".join(f"{one.precision(checks):>22.4f}{one.recall(checks):>10.4f}" for one in scores.values())
        print(f"{title:14}{stated:>8}{told}")


def print_by(
    title: str, group_of: Callable[[Policy], str], policies: list[Policy], answers: dict[str, Answers]
) -> None:
    """Right verdicts, wrong approvals and rejections, and readable ones sent to a person, of each engine."""
    print(
        f"\n{title:14}{'files':>6}" + "".join(f"{f'{name}: right':>18}{'+/-/?':>10}{'recall':>8}" for name in answers)
    )
    for group in sorted({group_of(policy) for policy in policies}):
        chosen = [policy for policy in policies if group_of(policy) == group]
        scores = [scored(chosen, given) for given in answers.values()]
        print(f"{group:14}{len(chosen):>6}" + "".join(_summary(score) for score in scores))
    print("(+ wrong approvals, - wrong rejections, ? readable ones sent to a person)")


def _summary(score: Score) -> str:
    wrong = f"{score.wrong_approvals}/{score.wrong_rejections}/{score.to_a_person}"
    return f"{score.right / score.count:>18.4f}{wrong:>10}{score.recall():>8.4f}"


def print_cost(policies: list[Policy]) -> None:
    """CPU for each document, the best of some rounds; the rules are read before."""
    base = _cpu_seconds(reading, policies)
    print("\nCPU for a document" + " " * 10 + f"reading alone {1_000 * base / len(policies):.2f} ms")
    for name, engine in ENGINES.items():
        took = _cpu_seconds(engine, policies)
        print(f"{name:28}{1_000 * took / len(policies):.2f} ms, {took / base:.1f} x reading")


def _cpu_seconds(engine: Engine, policies: list[Policy]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for policy in policies:
            engine(policy)
        best = min(best, time.process_time() - started)
    return best


def print_errors(policies: list[Policy], answers: Answers) -> None:
    print("\nVerdicts of the review that differ from the label")
    for policy in policies:
        verdict, _ = answers[policy.file]
        if verdict != policy.verdict:
            print(f"  {policy.file:36}{policy.language:8}{policy.verdict} ({policy.why}) -> {verdict}")


def print_statements() -> None:
    """Single statements, each read as a document of its own, and near misses that state nothing."""
    print("\nSingle statements, without a document around them")
    for path in sorted(CORPUS.glob("statements-*.jsonl")):
        language = path.stem.removeprefix("statements-")
        law = next(one for one in MARKETS.values() if language in one.languages)
        found: Counter[tuple[bool, bool]] = Counter()
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row["check"] not in {"controller", "language", "none"}:  # the first two need the whole document
                text = read_policy(row["text"], law, "")
                statuses = {one.check: one.status for one in find_statements(text, law)}
                found[row["states"], statuses[row["check"]] == "stated"] += 1
        of = {states: found[states, True] + found[states, False] for states in (True, False)}
        print(
            f"{language}: {found[True, True]} of {of[True]} found; {found[False, True]} of {of[False]} near misses too"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=("dev", "held"), default="held")
    asked.add_argument("--errors", action="store_true", help="list the files judged wrongly, of the part dev alone")
    chosen = asked.parse_args()
    if chosen.errors and chosen.part != "dev":
        asked.error("what is put aside stays unseen: --errors needs --part dev")
    policies = policies_of(chosen.part)
    answers = {name: {one.file: engine(one) for one in policies} for name, engine in ENGINES.items()}
    scores = {name: scored(policies, given) for name, given in answers.items()}
    print(f"Rule set {rule_set()}; part {chosen.part}: {len(policies)} policies")
    print_verdicts(scores)
    print_pairs(policies, answers)
    print_checks(scores)
    print_by("market", lambda one: one.market, policies, answers)
    print_by("language", lambda one: one.language, policies, answers)
    print_cost(policies)
    if chosen.part == "dev":
        print_statements()
    if chosen.errors:
        print_errors(policies, answers["review"])


if __name__ == "__main__":
    main()
