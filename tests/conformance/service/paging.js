// Lists, by item and by page.
import { equal, rejects } from "../assert.js";
import { answer } from "../recorder.js";

const NEXT =
  "https://contoso.example/api/hubs/chat/groups/g/connections?top=1&continuationToken=a%2Fb&api-version=x";

/** A page of a list. */
const page = (items, nextLink) => () => answer(200, { body: { value: items, nextLink } });

const item = (connectionId, userId = null) => ({ connectionId, userId });

const all = async (list) => {
  const items = [];
  for await (const one of list) items.push(one);
  return items;
};

export function paging({ check, live, recording }) {
  live("lists the connections of a group, with the users that they have", async ({ client, guest }) => {
    const groups = ["a g"];
    const [ada, anonymous] = [await guest({ userId: "ada", groups }), await guest({ groups })];
    await guest({ userId: "bob" });
    const byId = (a, b) => (a.connectionId < b.connectionId ? -1 : 1);
    const expected = [{ connectionId: ada.id, userId: "ada" }, { connectionId: anonymous.id }].sort(byId);
    const group = client.group("a g");
    const listed = await all(group.listConnections());
    equal(listed.sort(byId), expected);
    equal("userId" in listed.find(({ connectionId }) => connectionId === anonymous.id), false);
    equal((await all(await group.listConnections())).sort(byId), expected, "awaited first");
    equal(await all(client.group("nobody").listConnections()), []);
    const pages = await all(client.group("nobody").listConnections().byPage());
    equal([pages.length, pages[0].length, pages[0].continuationToken], [1, 0, undefined]);
  });

  live("lists page by page, and goes on where a page ended", async ({ client, guest, members }) => {
    for (let i = 0; i < 5; i++) await guest({ groups: ["g"] });
    const group = client.group("g");
    const ids = (pages) => pages.map((page) => page.map(({ connectionId }) => connectionId));
    const everyone = await members("g");
    const pages = await all(group.listConnections().byPage({ maxPageSize: 2 }));
    equal(
      ids(pages).map(({ length }) => length),
      [2, 2, 1],
    );
    equal(ids(pages).flat().sort(), everyone);
    const { continuationToken } = pages[0];
    equal(
      pages.map((page) => typeof page.continuationToken),
      ["string", "string", "undefined"],
    );
    const rest = ids(pages.slice(1)).flat();
    equal(ids(await all(group.listConnections().byPage({ continuationToken }))).flat(), rest);
    equal(ids([await all(group.listConnections({ continuationToken }))])[0], rest);
    const own = await all(group.listConnections({ maxPageSize: 4 }).byPage());
    equal(
      own.map(({ length }) => length),
      [4, 1],
    );
    const smaller = await all(group.listConnections({ maxPageSize: 4 }).byPage({ maxPageSize: 3 }));
    equal(
      smaller.map(({ length }) => length),
      [3, 2],
    );
    equal((await all(group.listConnections({ maxPageSize: 1 }))).length, 5);
  });

  live("lists so many connections and no more", async ({ client, guest }) => {
    for (let i = 0; i < 4; i++) await guest({ groups: ["g"] });
    const group = client.group("g");
    equal((await all(group.listConnections({ top: 3 }))).length, 3);
    equal((await all(group.listConnections({ top: 3, maxPageSize: 2 }))).length, 3);
    const pages = await all(group.listConnections({ top: 3 }).byPage({ maxPageSize: 2 }));
    equal(
      pages.map(({ length }) => length),
      [2, 1],
    );
    equal((await all(group.listConnections({ top: 9 }))).length, 4);
  });

  check("asks for a page when it is needed, and not before", async () => {
    const { client, requests } = recording([page([item("1"), item("2")], NEXT), page([item("3")])]);
    const list = client.group("g").listConnections({ top: 7, maxPageSize: 2 });
    await list;
    equal(requests.length, 0);
    equal(await list.next(), { value: { connectionId: "1" }, done: false });
    equal(await list.next(), { value: { connectionId: "2" }, done: false });
    equal(requests.length, 1);
    equal(await list.next(), { value: { connectionId: "3" }, done: false });
    equal(await list.next(), { value: undefined, done: true });
    equal(await list.next(), { value: undefined, done: true });
    equal(requests.length, 2);
    const { pathname, searchParams } = new URL(requests[0].url);
    equal([requests[0].method, pathname], ["GET", "/api/hubs/chat/groups/g/connections"]);
    equal([...searchParams].sort(), [
      ["api-version", "2024-12-01"],
      ["maxpagesize", "2"],
      ["top", "7"],
    ]);
  });

  check("asks for no further page once nobody wants one", async () => {
    const { client, requests } = recording([page([item("1"), item("2")], NEXT)]);
    for await (const { connectionId } of client.group("g").listConnections()) {
      equal(connectionId, "1");
      break;
    }
    for await (const page of client.group("g").listConnections().byPage()) {
      equal(page.length, 2);
      break;
    }
    equal(requests.length, 2);
  });

  check("takes nothing for a page that is none", async () => {
    const bodies = [
      "",
      "<html>",
      "[]",
      "{}",
      "null",
      '{"value":null}',
      '{"value":{}}',
      '{"value":[null]}',
      '{"value":[5]}',
    ];
    for (const body of [...bodies, '{"value":[{}]}', '{"value":[{"connectionId":5}]}']) {
      const { client } = recording([() => answer(200, { body })]);
      const expected = { name: "RestError", code: "PARSE_ERROR", kind: "Unexpected" };
      await rejects(all(client.group("g").listConnections()), expected);
      await rejects(all(client.group("g").listConnections().byPage()), expected);
    }
  });

  check("tells of a page that could not be had, and goes on after it", async () => {
    const once = { retryOptions: { maxRetries: 0 } };
    const { client } = recording([page([item("1")], NEXT), 500, page([item("2")])], once);
    const pages = client.group("g").listConnections().byPage();
    equal((await pages.next()).value.continuationToken, "a/b");
    await rejects(pages.next(), { name: "RestError", statusCode: 500 });
    equal(await pages.next(), { value: undefined, done: true });
    const again = client.group("g").listConnections({ continuationToken: "a/b" });
    equal((await again.next()).value, { connectionId: "2" });
  });

  check("repeats the request for a page", async () => {
    const soon = { retryOptions: { retryDelayInMs: 1 } };
    const { client, requests } = recording([500, page([item("1")], NEXT), 503, page([item("2")])], soon);
    equal(await all(client.group("g").listConnections()), [{ connectionId: "1" }, { connectionId: "2" }]);
    equal(requests.length, 4);
  });

  check("tells of every page that came", async () => {
    const seen = [];
    const onResponse = ({ status }, body) => void seen.push([status, body.value.length]);
    const { client } = recording([page([item("1"), item("2")], NEXT), page([item("3")])]);
    await all(client.group("g").listConnections({ onResponse }));
    equal(seen, [
      [200, 2],
      [200, 1],
    ]);
  });

  check("refuses sizes of pages and lists that there are not", async () => {
    const { client, requests } = recording([page([])]);
    const list = (options) => all(client.group("g").listConnections(options));
    for (const maxPageSize of [0, -1, 201, 1.5, Infinity]) {
      const expected = { name: "RangeError", code: "InvalidPageSize" };
      await rejects(list({ maxPageSize }), expected);
      await rejects(all(client.group("g").listConnections().byPage({ maxPageSize })), expected);
    }
    for (const top of [0, -1, 2 ** 31, 1.5])
      await rejects(list({ top }), { name: "RangeError", code: "InvalidTop" });
    for (const wrong of ["2", NaN, {}]) {
      await rejects(list({ maxPageSize: wrong }), { name: "TypeError", code: "InvalidOption" });
      await rejects(list({ top: wrong }), { name: "TypeError", code: "InvalidOption" });
    }
    for (const wrong of [5, "x"]) await rejects(list(wrong), { name: "TypeError", code: "InvalidOption" });
    await rejects(list({ continuationToken: 5 }), { name: "TypeError", code: "InvalidOption" });
    equal(requests.length, 0);
    for (const options of [{ maxPageSize: 1, top: 1 }, { maxPageSize: 200, top: 2 ** 31 - 1 }, {}, null]) {
      equal(await list(options), []);
    }
  });
}
