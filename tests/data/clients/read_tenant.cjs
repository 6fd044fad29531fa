// Reads a school by Microsoft's Graph client for JavaScript and prints what it saw as JSON.
// Environment: CLIENT (folder of the package), ROOT (base address), TOKEN.
const { BatchRequestContent, BatchResponseContent, Client, PageIterator } = require(process.env.CLIENT);

const root = process.env.ROOT;
const client = Client.init({
  baseUrl: root,
  customHosts: new Set([new URL(root).host, new URL(root).hostname]),
  authProvider: (done) => done(null, process.env.TOKEN),
});

async function everyUser() {
  const seen = [];
  const first = await client.api("/users").select("id,userPrincipalName").top(2).get();
  await new PageIterator(client, first, (user) => seen.push(user.id) > 0).iterate();
  return seen;
}

async function inBatch(paths) {
  const steps = paths.map((path, at) => ({ id: String(at), request: new Request(root + path, { method: "GET" }) }));
  const content = await new BatchRequestContent(steps).getContent();
  const answer = new BatchResponseContent(await client.api("/$batch").post(content));
  return paths.map((_, at) => answer.getResponseById(String(at)).status);
}

async function main() {
  const classes = (await client.api("/education/classes").get()).value;
  const team = await client.api(`/teams/${classes[0].id}`).get();
  const members = (await client.api(`/teams/${team.id}/members`).get()).value;
  const calls = (await client.api("/communications/callRecords").get()).value;
  const call = await client
    .api(`/communications/callRecords/${calls[0].id}`)
    .expand("sessions($expand=segments),participants_v2")
    .get();
  const refused = await client.api("/admin/teams/userConfigurations").get().catch((error) => error);
  console.log(JSON.stringify({
    users: await everyUser(),
    classes: classes.map((one) => one.id),
    members: members.map((one) => one.userId),
    calls: calls.length,
    call: call.id,
    segments: call.sessions.map((one) => one.segments.length),
    participants: call.participants_v2.length,
    batch: await inBatch(["/users", "/groups", "/users/nobody@school.example"]),
    refused: [refused.statusCode, refused.code],
  }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
