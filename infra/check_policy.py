"""`make check-policy`: what the review finds in a policy, without a deployment. The same rules as those deployed.

Ends with 0 if the policy would be approved, 1 if not, 2 if the question is wrong.
"""

import os
import sys
import textwrap
from pathlib import Path

from chalicelib.markets import MarketNotServed, get_market
from chalicelib.review import Finding, Review, review_policy
from infra.console import StopError, ended

WIDTH, LONGEST_QUOTE = 118, 200
VERDICTS = {"approve": "APPROVED", "reject": "REJECTED", "human": "FOR A PERSON TO DECIDE"}
USAGE = "Say which policy: make check-policy POLICY=policy.pdf MARKET=ID COMPANY='PT Kopi Senja'"


def main() -> int:
    review = _asked()
    print(f"{VERDICTS[review.verdict]}{f' ({review.reason})' if review.reason else ''}")
    for finding in review.findings:
        print(_told(finding))
    return 0 if review.verdict == "approve" else 1


def _asked() -> Review:
    policy, market, company = (os.environ.get(name, "") for name in ("POLICY", "MARKET", "COMPANY"))
    if not (policy and market and company):
        raise StopError(USAGE, 2)
    try:
        get_market(market)
        return review_policy(Path(policy).read_bytes(), Path(policy).name, market, company)
    except OSError as error:
        raise StopError(f"{policy} can't be read: {error.strerror}. {USAGE}", 2) from error
    except MarketNotServed as error:
        raise StopError(f"{market} is no market served here: ID, MY, PH, SG, TH or VN. {USAGE}", 2) from error


def _told(finding: Finding) -> str:
    """A line of the list: the quote where something is stated, and else what to add."""
    if finding.status == "stated":
        text = f"“{_short(finding.quote)}”" if finding.quote else finding.local_sentence
    else:
        text = f"{finding.local_sentence} {finding.local_advice or ''}".strip()
    label = finding.status if finding.is_required or finding.status == "stated" else "advised"
    lead = f"{finding.check:12} {label:8} "
    return textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))


def _short(quote: str) -> str:
    one_line = " ".join(quote.split())
    return one_line if len(one_line) <= LONGEST_QUOTE else one_line[: LONGEST_QUOTE - 1] + "…"


if __name__ == "__main__":
    sys.exit(ended(main))
