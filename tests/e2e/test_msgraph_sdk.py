"""Microsoft's own SDK for Python writes to the served tenant and reads from it; teamskit's client reads the same."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("msgraph", reason="skipped without msgraph-sdk: pip install '.[clients]'")

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_http.middleware.options import ResponseHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.admin.teams.policy.user_assignments.microsoft_graph_teams_administration_assign import (
    assign_post_request_body as assigning,
)
from msgraph.generated.communications.call_records.item.call_record_item_request_builder import (
    CallRecordItemRequestBuilder,
)
from msgraph.generated.models.aad_user_conversation_member import AadUserConversationMember
from msgraph.generated.models.education_class import EducationClass
from msgraph.generated.models.lobby_bypass_scope import LobbyBypassScope
from msgraph.generated.models.lobby_bypass_settings import LobbyBypassSettings
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.team import Team
from msgraph.generated.models.teams_administration.teams_policy_user_assignment import TeamsPolicyUserAssignment
from msgraph.generated.models.teams_async_operation_status import TeamsAsyncOperationStatus
from msgraph.generated.teams.item.members.add.add_post_request_body import AddPostRequestBody
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

from teamskit.sandbox.serve import serve
from teamskit.tenant import graph_options, graph_policies

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph")
ROOT = "https://graph.microsoft.com/v1.0"


class _Bearer(AuthenticationProvider):
    async def authenticate_request(self, request, additional_authentication_context=None):
        request.headers.try_add("Authorization", "Bearer sandbox")


@pytest.fixture
def school(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    return desk


@pytest.fixture
def address(school):
    server = serve(school.tenant())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1.0"
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def _run(address, work):
    """Do the work with a client of its own: a client belongs to one event loop."""

    async def whole():
        adapter = GraphRequestAdapter(_Bearer())
        adapter.base_url = address
        return await work(GraphServiceClient(request_adapter=adapter), adapter)

    return asyncio.run(whole())


def test_users_page_by_page(school, address):
    async def work(client, adapter):
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=3, select=["id", "userPrincipalName"])
        first = await client.users.get(RequestConfiguration(query_parameters=query))
        assert len(first.value) == 3 and first.odata_next_link
        seen = []
        await PageIterator(first, adapter).iterate(lambda user: seen.append(user.user_principal_name) or True)
        return seen

    seen = _run(address, work)
    assert sorted(seen) == sorted(account.upn for account in school.here().accounts)
    assert len(set(seen)) == len(seen) == 6


def test_a_class_a_team_its_members_and_one_that_fails(school, address):
    people = [account.id for account in school.here().accounts]
    nobody = "00000000-1111-4222-8333-444455556666"

    async def make_class(client, _adapter):
        made = await client.education.classes.post(
            EducationClass(display_name="7A Maths", mail_nickname="7a-ma", external_id="elsewhere/7A")
        )
        mine = client.education.classes.by_education_class_id(made.id)
        for group in (mine.teachers, mine.members):
            await group.ref.post(ReferenceCreate(odata_id=f"{ROOT}/education/users/{people[0]}"))
        read = await mine.get()
        teachers = await mine.teachers.get()
        return read, [one.id for one in teachers.value]

    read, teachers = _run(address, make_class)
    assert (read.display_name, read.external_id, teachers) == ("7A Maths", "elsewhere/7A", [people[0]])
    tenant = school.tenant()
    tenant.advance(timedelta(minutes=16))

    async def make_team(client, _adapter):
        body = Team()
        body.additional_data = {
            "template@odata.bind": f"{ROOT}/teamsTemplates('educationClass')",
            "group@odata.bind": f"{ROOT}/groups('{read.id}')",
        }
        option = ResponseHandlerOption(NativeResponseHandler())
        answer = await client.teams.post(body, RequestConfiguration(options=[option]))
        assert answer.status_code == 202
        return answer.headers["Location"].rpartition("operations")[2].strip("/('\")")

    operation = _run(address, make_team)

    async def poll(client, _adapter):
        place = client.teams.by_team_id(read.id).operations.by_teams_async_operation_id(operation)
        return (await place.get()).status

    assert _run(address, poll) is not TeamsAsyncOperationStatus.Succeeded
    tenant.advance(timedelta(minutes=5))
    assert _run(address, poll) is TeamsAsyncOperationStatus.Succeeded

    async def add(client, _adapter):
        values = []
        for uid in (people[1], nobody, people[2]):
            member = AadUserConversationMember(roles=[])
            member.additional_data = {"user@odata.bind": f"{ROOT}/users('{uid}')"}
            values.append(member)
        answer = await client.teams.by_team_id(read.id).members.add.post(AddPostRequestBody(values=values))
        return {one.user_id: one.error for one in answer.value}

    results = _run(address, add)
    assert [results[uid] for uid in (people[1], people[2])] == [None, None]
    assert results[nobody].code
    tenant.advance(timedelta(minutes=5))
    (known,) = [one for one in school.here().tenant_classes if one.id == read.id]
    assert known.display_name == "7A Maths"
    members = school.asks("GET", f"/v1.0/teams/{read.id}/members")[1]["value"]
    assert {one["userId"] for one in members} == set(people[:3])


def test_call_records_with_sessions_and_participants(school, address):
    school.run("apply", "--yes")
    school.run("sandbox", "play", "--days", 1, "--calls", 5)

    async def work(client, _adapter):
        page = await client.communications.call_records.get()
        query = CallRecordItemRequestBuilder.CallRecordItemRequestBuilderGetQueryParameters(
            expand=["sessions($expand=segments)", "participants_v2"]
        )
        place = client.communications.call_records.by_call_record_id(page.value[0].id)
        return len(page.value), await place.get(RequestConfiguration(query_parameters=query))

    count, record = _run(address, work)
    assert count == school.json("sandbox", "show")["calls"] > 1
    assert record.sessions and record.sessions[0].segments
    assert record.participants_v2 and record.start_date_time < record.end_date_time


def test_a_policy_given_is_the_policy_that_teamskit_sees(school, address):
    person = school.here().accounts[0].id
    headers = {"X-MS-Correlation-ID": person}
    path = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Pupils"
    assert school.tenant().request("PUT", path, {"AllowIPVideo": False}, headers)[0] < 300

    # The id of a new policy is not known at once.
    school.tenant().advance(timedelta(days=1))

    async def work(client, _adapter):
        policy = client.admin.teams.policy
        named = policy.microsoft_graph_teams_administration_get_policy_id_with_type_with_name
        # The SDK's own template loses the comma between the two (std-uritemplate 2.0), so the address is given whole.
        function = "microsoft.graph.teamsAdministration.getPolicyId(type='TeamsMeetingPolicy',name='Pupils')"
        place = f"{address}/admin/teams/policy/{function}"
        found = await named(type="TeamsMeetingPolicy", name="Pupils").with_url(place).get()
        body = assigning.AssignPostRequestBody()
        body.value = [
            TeamsPolicyUserAssignment(
                user_id=person, policy_type="TeamsMeetingPolicy", policy_id=found.value[0].policy_id
            )
        ]
        await policy.user_assignments.microsoft_graph_teams_administration_assign.post(body)

    _run(address, work)
    school.tenant().advance(timedelta(days=2))
    seen = graph_policies.fetch_effective_of(school.here().transport, "TeamsMeetingPolicy")
    assert "Pupils" in seen[person]


def test_a_meeting_made_stricter(school, address):
    person = school.here().accounts[0].id
    start = datetime.now(UTC).replace(microsecond=0)

    async def work(client, _adapter):
        meetings = client.users.by_user_id(person).online_meetings
        asked = OnlineMeeting(subject="Maths", start_date_time=start, end_date_time=start + timedelta(hours=1))
        made = await meetings.post(asked)
        lobby = LobbyBypassSettings(scope=LobbyBypassScope.Organizer)
        await meetings.by_online_meeting_id(made.id).patch(
            OnlineMeeting(lobby_bypass_settings=lobby, allow_attendee_to_enable_mic=False)
        )
        return await meetings.by_online_meeting_id(made.id).get()

    meeting = _run(address, work)
    assert meeting.lobby_bypass_settings.scope is LobbyBypassScope.Organizer
    (seen,) = graph_options.fetch_meetings(school.here().transport, [(person, meeting.join_web_url)]).values()
    assert seen["allowAttendeeToEnableMic"] is False and seen["lobbyBypassSettings"]["scope"] == "organizer"


def test_a_refusal_reaches_the_caller_as_microsofts_error(school, address):
    async def work(client, _adapter):
        await client.users.by_user_id("nobody@school.example").get()

    with pytest.raises(ODataError) as refused:
        _run(address, work)
    assert refused.value.response_status_code == 404
    assert refused.value.error.code == "Request_ResourceNotFound"
