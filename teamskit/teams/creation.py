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
from teamskit.tenant.calls import Reply, Wait, said

Step = Generator[Any, Any, Any]

SETTLE_S = 10
"""How long a new group is left alone before a team is asked for: it needs some seconds to replicate."""
RETRIES_404, RETRY_404_S, LAST_TRY_S = 3, 10, 15 * 60
"""Documented for a group that answers 404: up to 3 repeats 10 s apart, then once 15 minutes after it was made.
Source: Graph v1.0, team "Create team from group", read 2026-11-25."""
LOOK_S = 20
"""How often to look whether such a group shows meanwhile."""
POLL_S, POLLS = 31, 40
"""An operation is asked after more than 30 s, and for about 20 minutes at most."""
FIND_AFTER_S = (0, 10, 10, 10, 60, 120, 240, 450)
"""How long to wait before each look for a class whose nickname is taken: 15 minutes in all."""
UNSURE = (0, 409, 500, 502, 503, 504)


class Stuck(Exception):
    """This class cannot go on; `why` is the service's reason in one sentence."""

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


def followed(accepted: Reply, clock: Clock, what: str) -> Step:
    """Ask an accepted operation until it has succeeded; raise Stuck when it fails or takes more than 20 minutes."""
    for _ in range(POLLS):
        yield Wait(clock.now() + timedelta(seconds=POLL_S))
        reply = yield graph.operation(accepted.headers["Location"])
        status = reply.body.get("status") if reply.ok else ""
        if status == "succeeded":
            return
        if status == "failed":
            error = reply.body.get("error") or {}
            raise Stuck(f"Microsoft could not {what}: {error.get('message') or error.get('code')}")
    raise Stuck(f"Microsoft needs more than 20 minutes to {what}; run again later")


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
        if self._nickname != (usual := str((self._change.after or {})["mail_nickname"])):
            words = f"made with the mail nickname {self._nickname}: somebody else has {usual}"
            self._ledgering.remark(self._change, words)
        self._ledgering.done(self._owners)
        return self._group

    def _class(self) -> Step:
        """Make the class, or find the one an interrupted run made, or take another nickname.

        A nickname is unique in the tenant, so sending the same one again after an unsure answer cannot make a second
        class: either it works, or the service says that the name is taken, and then it is looked at whose it is.
        """
        usual, number, unsure = self._nickname, 2, 0
        while number < 12:
            reply = yield self._create_call()
            if reply.ok:
                self._group = reply.body["id"]
                return
            if _same_value(reply):
                self._group = yield from self._whose(FIND_AFTER_S)
                if self._group:
                    return
                self._nickname, number = next_nickname(usual, number), number + 1
            elif reply.status in UNSURE and unsure < 5:
                unsure += 1
                yield Wait(self._clock.now() + timedelta(seconds=RETRY_404_S))
                self._group = yield from self._whose((0,))
                if self._group:
                    return
            else:
                raise Stuck(said(reply))
        raise Stuck(f"no free mail nickname near {usual}")

    def _create_call(self) -> Any:
        name = str((self._change.after or {})["display_name"])
        return graph.create_class(
            display_name=name, mail_nickname=self._nickname, external_id=self._key, external_name=self._name or name
        )

    def _whose(self, pauses: Sequence[int]) -> Step:
        """Look whose the nickname is: give our class's id, or "" when it is somebody else's or does not show.

        A group just made shows only after a while, so it is looked for again for 15 minutes, and a look that failed
        says nothing about whose it is.
        """
        for pause in pauses:
            if pause:
                yield Wait(self._clock.now() + timedelta(seconds=pause))
            reply = yield graph.find_group_by_nickname(self._nickname)
            if not (reply.ok and reply.body["value"]):
                continue
            found = reply.body["value"][0]["id"]
            detail = yield graph.get_class(found)
            if detail.ok:
                return found if detail.body.get("externalId") == self._key else ""
            if detail.status == 404:
                return ""
        return ""

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
                yield from followed(reply, self._clock, "make the team")
                return
            if reply.status == 404 and missing < RETRIES_404 + 2:
                missing += 1
                yield from self._young(missing)
            elif reply.status in UNSURE and unsure < 5:
                unsure += 1
                if (yield from self._is_there()):
                    return
            else:
                raise Stuck(said(reply))

    def _young(self, missing: int) -> Step:
        """Wait before asking again for the team of a group that answers 404.

        First as documented; then until a list shows the group, which is a sign that it has replicated and costs the
        service no create; at last until it is 15 minutes old.
        """
        if missing <= RETRIES_404:
            yield Wait(self._clock.now() + timedelta(seconds=RETRY_404_S))
            return
        last = self._made_at + timedelta(seconds=LAST_TRY_S)
        while self._clock.now() < last:
            look = missing == RETRIES_404 + 1
            yield Wait(min(last, self._clock.now() + timedelta(seconds=LOOK_S)) if look else last)
            reply = yield graph.find_group_by_nickname(self._nickname)
            if look and reply.ok and reply.body["value"]:
                return

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
