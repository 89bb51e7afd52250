"""Makes the table of chalicelib/review/likeness.py: `make train-review`. The same corpora make the same table.

It learns from single statements and near misses, labelled one by one, and from the passages of the policies that may
be looked at. Those are labelled as a whole: a passage states what the words find in it where the label agrees, and
nothing that the label says is missing. Of the rest a first table decides where it is sure; where not, a passage teaches
nothing.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from chalicelib.markets import get_market
from chalicelib.review.document import DocumentRefused, normalise, read_document
from chalicelib.review.findings import stating
from chalicelib.review.likeness import BUCKETS, FEWEST, READ, TABLE, buckets
from chalicelib.review.reading import read_policy
from tests.bench.taught import CORPUS, digest, inputs

STATES, STATES_NOT, UNTOLD = 1.0, 0.0, float("nan")
OF_POLICIES: Final = 0.7  # the weight of a passage labelled by its document beside one labelled by itself
SURE: Final = (0.15, 0.6)  # below and above what a first table decides of an untold passage
SEEN: Final = 2  # passages with a feature, for it to count
LOOSENESS: Final = 30.0  # scikit-learn's C


class Row(NamedTuple):
    text: str
    heading: str
    labels: tuple[float, ...]
    weight: float


def statements() -> list[Row]:
    """Single statements; where no `also` tells what else one states, that is untold."""
    rows = []
    for path in inputs()[:-1]:
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            also = row.get("also")
            labels = [UNTOLD if also is None else float(check in also) for check in READ]
            if row["check"] in READ:
                labels[READ.index(row["check"])] = float(row["states"])
            rows.append(Row(normalise(row["text"]), normalise(row.get("heading", "")), tuple(labels), 1.0))
    return rows


def passages() -> list[tuple[Row, list[bool]]]:
    """The policies' passages, each with what its document states somewhere."""
    rows: dict[tuple[str, str], tuple[Row, list[bool]]] = {}
    for policy in map(json.loads, inputs()[-1].read_text(encoding="utf-8").splitlines()):
        if not policy["statements"]:
            continue
        content, law = (CORPUS / "dev" / policy["file"]).read_bytes(), get_market(policy["market"])
        try:
            text = read_policy(read_document(content, policy["file"]), law, policy["company"])
        except DocumentRefused:
            continue
        said = {check: set(stating(check, text, text.passages)) for check in READ}
        known = [policy["statements"].get(check) == "stated" for check in READ]
        for passage, marked in text.passages:
            labels = [_label(passage in said[check], is_known) for check, is_known in zip(READ, known, strict=True)]
            row = Row(marked, passage.heading, tuple(labels), OF_POLICIES)
            rows.setdefault((marked, passage.heading), (row, known))
    return list(rows.values())


def _label(is_said: bool, is_known: bool) -> float:  # noqa: FBT001 - two answers that are compared
    if is_said:
        return STATES if is_known else UNTOLD
    return UNTOLD if is_known else STATES_NOT


class Model(NamedTuple):
    known: Any
    weights: Any
    bias: Any


def _matrix(rows: Iterable[Row]) -> Any:
    found = [sorted(buckets(row.text, row.heading)) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    places = [place for one in found for place in one]
    return sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(found), BUCKETS))


def _scaled(matrix: Any, known: Any) -> Any:
    """Only features that are known, each row to length one, or less where it has few."""
    kept = matrix @ sparse.diags(known.astype(float))
    kept.eliminate_zeros()
    return sparse.diags(1 / np.sqrt(np.maximum(np.diff(kept.indptr), FEWEST))) @ kept


def fit(rows: Sequence[Row]) -> Model:
    counts = _matrix(rows)
    known = np.asarray(counts.sum(0)).ravel() >= SEEN
    matrix, labels = _scaled(counts, known), np.array([row.labels for row in rows])
    importance = np.array([row.weight for row in rows])
    weights, bias = [], []
    for place in range(len(READ)):
        told = ~np.isnan(labels[:, place])
        one = LogisticRegression(C=LOOSENESS, max_iter=400, class_weight="balanced", solver="liblinear", random_state=0)
        one.fit(matrix[told], labels[told, place], sample_weight=importance[told])
        weights.append(one.coef_[0])
        bias.append(one.intercept_[0])
    return Model(known, np.array(weights), np.array(bias))


def scores(model: Model, rows: Sequence[Row]) -> Any:
    return 1 / (1 + np.exp(-(_scaled(_matrix(rows), model.known) @ model.weights.T + model.bias)))


def _decided(row: Row, known: list[bool], first: Iterable[float]) -> Row:
    low, high = SURE
    labels = [
        label
        if not np.isnan(label) or not is_known
        else STATES if score > high else STATES_NOT if score < low else UNTOLD
        for label, is_known, score in zip(row.labels, known, first, strict=True)
    ]  # fmt: skip
    return row._replace(labels=tuple(labels))


def train() -> Model:
    told, found = statements(), passages()
    print(f"{len(told)} statements and near misses, {len(found)} passages of policies")
    first = scores(fit([*told, *(row for row, _ in found)]), [row for row, _ in found])
    again = [_decided(row, known, one) for (row, known), one in zip(found, first, strict=True)]
    return fit([*told, *again])


def write(model: Model) -> None:
    """As likeness.py reads it."""
    scale = float(np.quantile(np.abs(model.weights), 0.9999)) / 127
    weights = np.clip(np.round(model.weights / scale), -127, 127).astype(np.int8).T
    about = {"scale": scale, "bias": [round(float(one), 6) for one in model.bias], "trained_on": digest()}
    TABLE.write_bytes(json.dumps(about).encode() + b"\n" + np.ascontiguousarray(weights).tobytes())
    print(f"{TABLE.name}: {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    write(train())
