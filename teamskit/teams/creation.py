"""The steps from nothing, or from where a stopped run left off, to a team that is there.

Every answer that leaves open whether the service did it (no answer, 409, 5xx) leads to a look at the tenant before
anything is sent again, because `POST /education/classes` and `POST /teams` carry no key that would make them safe.
"""

from collections.abc import Generator, Sequence
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.plan import Change, Ledgering
from teamskit.teams.changes import team_of
from teamskit.teams.names import next_nickname
from teamskit.tenant import graph
from teamskit.tenant.calls import Reply, Wait

Step = Generator[Any, Any, Any]

SETTLE_S = 10
"""How long a new group is left alone before a team is asked for: it needs some seconds to replicate."""
RETRIES_404, RETRY_404_S, LAST_TRY_S = 3, 10, 15 * 60
"""Documented for a group that answers 404: up to 3 repeats 10 s apart, then once 15 minutes after it was made.
Source: Graph v1.0, team "Create team from group", read 2026-11-25."""
POLL_S, POLLS = 31, 40
"""An operation is asked after more than 30 s, and for about 20 minutes at most."""
UNSURE = (0, 409, 500, 502, 503, 504)


class Stuck(Exception):
    """This class cannot go on; `why` is the service's reason in one sentence."""

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


def said(reply: Reply) -> str:
    """Put a refusal into a sentence: the service's words, status and request id."""
    words = reply.error_message or "no answer came"
    return f"{words} (Microsoft, {reply.status}, request {reply.request_id or 'unknown'})"


class Creation:
    """Makes one class team; `group` is the class's group when an earlier run made it."""

    def __init__(
        self,
        key: str,
        change: Change,
        owners: Sequence[Change],
        class_name: str,
        group: str,
        clock: Clock,
        ledgering: Ledgering,
    ) -> None:
        """Take the creating change and the owners that go with it."""
        self._key, self._change, self._owners = key, change, owners
        self._name, self._group, self._clock, self._ledgering = class_name, group, clock, ledgering
        self._made_at = clock.now()
        self._nickname = str((change.after or {})["mail_nickname"])

    def run(self) -> Step:
        """Go through the steps and give the group's id; raise Stuck when one of them cannot be done."""
        self._ledgering.intend([self._change])
        if not self._group:
            yield from self._class()
        yield from self._teachers()
        yield from self._team()
        self._ledgering.done([self._change], group=self._group, mail_nickname=self._nickname)
        self._ledgering.done(self._owners)
        return self._group

    def _class(self) -> Step:
        """Make the class, or find the one an interrupted run made, or take another nickname."""
        wanted = self._nickname
        for number in range(2, 12):
            reply = yield self._create_call()
            if reply.ok:
                self._group = reply.body["id"]
                return
            if not (reply.status in UNSURE or _same_value(reply)):
                raise Stuck(said(reply))
            found, foreign = yield from self._find_own()
            if found:
                self._group = found
                return
            if foreign or _same_value(reply):
                self._nickname = next_nickname(wanted, number)
        raise Stuck(f"no free mail nickname near {wanted}, or no answer for it")

    def _create_call(self) -> Any:
        name = str((self._change.after or {})["display_name"])
        return graph.create_class(
            display_name=name, mail_nickname=self._nickname, external_id=self._key, external_name=self._name or name
        )

    def _find_own(self) -> Step:
        """Look for our class by its nickname; a group just made shows only after a while, so look again.

        Gives its id or "", and whether somebody else has the nickname.
        """
        for pause in (0, 10, 10, 10, 60, 120, 180):
            if pause:
                yield Wait(self._clock.now() + timedelta(seconds=pause))
            reply = yield graph.find_group_by_nickname(self._nickname)
            groups = reply.body["value"] if reply.ok else []
            if groups:
                detail = yield graph.get_class(groups[0]["id"])
                ours = detail.ok and detail.body.get("externalId") == self._key
                return (groups[0]["id"], False) if ours else ("", True)
        return "", False

    def _teachers(self) -> Step:
        """Put each teacher into both collections; one teacher that stays is enough to go on."""
        self._ledgering.intend(self._owners)
        good = []
        for change in self._owners:
            account = team_of(change.target)[1]
            replies = yield [graph.add_teacher(self._group, account), graph.add_class_member(self._group, account)]
            bad = next((r for r in replies if not (r.ok or graph.already_there(r))), None)
            if bad:
                self._ledgering.failed([change], said(bad))
            else:
                good.append(change)
        if not good and self._owners:
            raise Stuck("none of its teachers could be made an owner")
        self._owners = good

    def _team(self) -> Step:
        """Ask for the team until it is there, by the documented repeats."""
        yield Wait(self._made_at + timedelta(seconds=SETTLE_S))
        missing = unsure = 0
        while True:
            reply = yield graph.create_team_on_group(self._group)
            if reply.ok:
                yield from self._operation(reply)
                return
            if reply.status == 404 and missing <= RETRIES_404:
                missing += 1
                yield Wait(self._next_try(missing))
            elif reply.status in UNSURE and unsure < 5:
                unsure += 1
                if (yield from self._is_there()):
                    return
            else:
                raise Stuck(said(reply))

    def _next_try(self, missing: int) -> Any:
        if missing <= RETRIES_404:
            return self._clock.now() + timedelta(seconds=RETRY_404_S)
        return self._made_at + timedelta(seconds=LAST_TRY_S)

    def _operation(self, accepted: Reply) -> Step:
        for _ in range(POLLS):
            yield Wait(self._clock.now() + timedelta(seconds=POLL_S))
            reply = yield graph.operation(accepted.headers["Location"])
            status = reply.body.get("status") if reply.ok else ""
            if status == "succeeded":
                return
            if status == "failed":
                error = reply.body.get("error") or {}
                raise Stuck(f"Microsoft could not make the team: {error.get('message') or error.get('code')}")
        raise Stuck("Microsoft has not finished the team within 20 minutes; run again later")

    def _is_there(self) -> Step:
        """Look at the group's team; one that is being made shows only when it is done."""
        for _ in range(3):
            reply = yield graph.get_team(self._group)
            if reply.ok:
                return True
            yield Wait(self._clock.now() + timedelta(seconds=POLL_S))
        return False


def _same_value(reply: Reply) -> bool:
    return reply.status == 400 and "mailnickname" in reply.error_message.casefold()
