"""What people decide about an application: a reviewer's verdict, its revocation, and the account's withdrawal.

Each is one conditional transaction (verdict.py): whatever comes second finds the application decided. The execution
that waits for it is told afterwards, by a repetition too, for the first may have been cut off in between.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.accounts import members_store
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account
from chalicelib.review import store
from chalicelib.review.application import Application, Revocation, Ruling, State
from chalicelib.review.verdict import TRIES, writes_of
from chalicelib.review.waiting import end_wait
from chalicelib.table import BusyError, ChangedError, commit

REVIEWER = "reviewer"  # the actor that accounts are told of: who it was stands in the application's row


class DecisionError(Exception):
    """This can't be decided."""


class ApplicationNotFoundError(DecisionError):
    """There is no such application."""


class AlreadyDecidedError(DecisionError):
    """The application is not in review any more."""


class NotInForceError(DecisionError):
    """The application is not the one the account's approval rests on."""


class OwnAccountError(DecisionError):
    """The reviewer is or was a member of the account."""


def is_own_account(account_id: str, reviewer: str) -> bool:
    """Whether the reviewer, by their token's subject, is or was one of the account's people.

    Not by leaving does one's own account become another's; and a machine, which anyone may add, is nobody.
    """
    return members_store.is_or_was_person(account_id, reviewer)


def decide(
    account_id: str, application_id: str, verdict: State, ruling: Ruling, *, by: str, now: datetime
) -> Application:
    """The application with this reviewer's verdict, which may come before the checks have run.

    **Repeats**: the same decision by the same reviewer answers the application as it is.
    **Errors**: ApplicationNotFoundError, OwnAccountError, AlreadyDecidedError, BusyError.
    """

    def rule(application: Application, _account: Account) -> Application | None:
        if application.is_ruled(verdict, ruling, by=by):
            return None
        if application.state is not State.IN_REVIEW:
            raise AlreadyDecidedError
        return application.ruled(verdict, ruling, by=by, at=now)

    _refuse_own(account_id, by)
    decided = _change(account_id, application_id, rule, actor=REVIEWER, now=now)
    end_wait(account_id, application_id)
    return decided


def revoke(account_id: str, application_id: str, reasons: tuple[str, ...], *, by: str, now: datetime) -> Application:
    """The application, revoked; the account's capture ends now.

    **Repeats**: the application as it was revoked first.
    **Errors**: ApplicationNotFoundError, OwnAccountError, NotInForceError, BusyError.
    """

    def take_back(application: Application, account: Account) -> Application | None:
        if application.state is State.REVOKED:
            return None
        if account.capture.approved_application != application.id:
            raise NotInForceError
        return application.revoked(Revocation(reasons, by, now))

    _refuse_own(account_id, by)
    return _change(account_id, application_id, take_back, actor=REVIEWER, now=now)


def withdraw(account_id: str, application_id: str, *, by: str, now: datetime) -> Application:
    """The application, taken back by a member of its account, which may submit another one at once.

    **Repeats**: the withdrawn application, whoever asks.
    **Errors**: ApplicationNotFoundError, AlreadyDecidedError, BusyError.
    """

    def take_back(application: Application, _account: Account) -> Application | None:
        if application.state is State.WITHDRAWN:
            return None
        if application.state is not State.IN_REVIEW:
            raise AlreadyDecidedError
        return application.withdrawn(now)

    withdrawn = _change(account_id, application_id, take_back, actor=by, now=now)
    end_wait(account_id, application_id)
    return withdrawn


def _refuse_own(account_id: str, reviewer: str) -> None:
    if is_own_account(account_id, reviewer):
        raise OwnAccountError


def _change(
    account_id: str,
    application_id: str,
    rule: Callable[[Application, Account], Application | None],
    *,
    actor: str,
    now: datetime,
) -> Application:
    """The application as the rule makes it of what stands; None leaves it as it is."""
    for _ in range(TRIES):
        # The account first: an approval that another reviewer takes back in between is then found revoked.
        account = accounts.get(account_id)
        application = store.find(account_id, application_id)
        if application is None or account is None:
            raise ApplicationNotFoundError
        after = rule(application, account)
        if after is None:
            return application
        try:
            commit(writes_of(account, after, now, actor=actor))
        except ChangedError:
            continue
        return after
    raise BusyError
