"""The identifiers under which a manifest asks for permissions of Microsoft Graph; app roles and scopes apart. Pure.

Source: `permissions/new/ProvisioningInfo.json` of github microsoftgraph/microsoft-graph-devx-content at 008c3cc, of
which Microsoft makes its permissions reference; read 2026-11-25. What has no identifier there is in neither table.
"""

from collections.abc import Mapping

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph itself, the resource that a manifest names."""

APP_ROLES: Mapping[str, str] = {
    "AuditLogsQuery-OneDrive.Read.All": "8a169a81-841c-45fd-ad43-96aede8801a0",
    "AuditLogsQuery-SharePoint.Read.All": "91c64a47-a524-4fce-9bf3-3d569a344ecf",
    "CallRecord-PstnCalls.Read.All": "a2611786-80b3-417e-adaa-707d4261a5f0",
    "CallRecords.Read.All": "45bbb07e-7321-4fd7-a8f6-3ff27e6a81c8",
    "Calendars.Read": "798ee544-9d2d-430c-a058-570e29e34338",
    "Calendars.ReadWrite": "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    "Channel.ReadBasic.All": "59a6b24b-4225-4393-8165-ebaec5f55d7a",
    "EduRoster.Read.All": "e0ac9e1b-cb65-4fc5-87c5-1a8bc181f648",
    "EduRoster.ReadWrite.All": "d1808e82-ce13-47af-ae0d-f9b254e6d58a",
    "Files.Read.All": "01d4889c-1287-42c6-ac1f-5d1e02578ef6",
    "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
    "Group.ReadWrite.All": "62a82d76-70ea-41e2-9197-370581804d09",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "GroupMember.ReadWrite.All": "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
    "OnlineMeetingArtifact.Read.All": "df01ed3b-eb61-4eca-9965-6b3d789751b2",
    "OnlineMeetingRecording.Read.All": "a4a08342-c95d-476b-b943-97e100569c8d",
    "OnlineMeetings.Read.All": "c1684f21-1984-47fa-9d61-2dc8c296bb70",
    "OnlineMeetings.ReadWrite.All": "b8bb2037-6e08-44ac-a4ea-4674e010e2a4",
    "Team.Create": "23fc2474-f741-46ce-8465-674744c5c361",
    "Team.ReadBasic.All": "2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e",
    "TeamMember.Read.All": "660b7406-55f1-41ca-a0ed-0b035e182f3e",
    "TeamMember.ReadWrite.All": "0121dc95-1b9f-4aed-8bac-58c5ac466691",
    "TeamMember.ReadWriteNonOwnerRole.All": "4437522e-9a86-4a41-a7da-e380edd4a97d",
    "TeamSettings.ReadWrite.All": "bdd80a03-d9bc-451d-b7c4-ce7c63fe3c8f",
    "TeamsPolicyUserAssign.ReadWrite.All": "1801e8f4-cf09-4c4e-a1b5-036dfcca6c90",
    "TeamsUserConfiguration.Read.All": "a91eadaf-2c3c-4362-908b-fb172d208fc6",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
}
SCOPES: Mapping[str, str] = {
    "AuditLogsQuery-OneDrive.Read.All": "4a72c235-a50d-4870-b598-fd88fd1fa074",
    "AuditLogsQuery-SharePoint.Read.All": "30630b65-ed12-4a81-9130-e3a964109fae",
    "Channel.ReadBasic.All": "9d8982ae-4365-4f57-95e9-d6032a4c0b87",
    "EduRoster.ReadBasic": "5d186531-d1bf-4f07-8cea-7c42119e1bd9",
    "Files.Read.All": "df85f4d6-205c-4ac5-a5ea-6bf408dba283",
    "Group.Read.All": "5f8c59db-677d-491f-a6b8-5f174b11ec1d",
    "Group.ReadWrite.All": "4e46008b-f24c-477d-8fff-7bb4ec7aafe0",
    "GroupMember.Read.All": "bc024368-1153-4739-b217-4326f2e966d0",
    "GroupMember.ReadWrite.All": "f81125ac-d3b7-4573-a3b2-7099cc39df9e",
    "OnlineMeetingArtifact.Read.All": "110e5abb-a10c-4b59-8b55-9b4daa4ef743",
    "OnlineMeetingRecording.Read.All": "190c2bb6-1fdd-4fec-9aa2-7d571b5e1fe3",
    "OnlineMeetings.Read": "9be106e1-f4e3-4df5-bdff-e4bc531cbe43",
    "OnlineMeetings.ReadWrite": "a65f2972-a4f8-4f5e-afd7-69ccb046d5dc",
    "Team.Create": "7825d5d6-6049-4ce7-bdf6-3b8d53f4bcd0",
    "Team.ReadBasic.All": "485be79e-c497-4b35-9400-0e3fa7f2a5d4",
    "TeamMember.Read.All": "2497278c-d82d-46a2-b1ce-39d4cdde5570",
    "TeamMember.ReadWrite.All": "4a06efd2-f825-4e34-813e-82a57b03d1ee",
    "TeamMember.ReadWriteNonOwnerRole.All": "2104a4db-3a2f-4ea0-9dba-143d457dc666",
    "TeamSettings.ReadWrite.All": "39d65650-9d3e-4223-80db-a335590d027e",
    "TeamsPolicyUserAssign.ReadWrite.All": "6997c35c-a586-440c-8a0b-4ffe5d118dc0",
    "TeamsUserConfiguration.Read.All": "5c469ce4-dab5-4afd-b9de-14f1ba4004a7",
    "User.Read.All": "a154be20-db9c-4678-8ab7-66f6cc099a59",
}
