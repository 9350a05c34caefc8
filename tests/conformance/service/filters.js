// Filters and roles: what is written out, and what the service makes of it.
import { equal, throws } from "../assert.js";

const TEXT = { contentType: "text/plain" };

export function filters({ pkg, check, live }) {
  const { odata, roles } = pkg;

  check("writes values into filters as literals", async () => {
    const cases = [
      [odata`userId eq ${"ada"}`, "userId eq 'ada'"],
      [odata`userId eq ${"o'neil"}`, "userId eq 'o''neil'"],
      [odata`userId eq ${"''"}`, "userId eq ''''''"],
      [odata`userId eq ${""}`, "userId eq ''"],
      [odata`${"g"} in groups`, "'g' in groups"],
      [odata`a eq ${null} or a eq ${undefined}`, "a eq null or a eq null"],
      [odata`a eq ${3} or a eq ${-4} or a eq ${0}`, "a eq 3 or a eq -4 or a eq 0"],
      [
        odata`a eq ${9007199254740991} or a eq ${12345678901234567890n}`,
        "a eq 9007199254740991 or a eq 12345678901234567890",
      ],
      [odata`a eq ${true} or a eq ${false}`, "a eq true or a eq false"],
      [odata`a eq ${new Date(0)}`, "a eq '1970-01-01T00:00:00.000Z'"],
      [odata`a eq '${new Date(0)}'`, "a eq '1970-01-01T00:00:00.000Z'"],
      [odata`no values`, "no values"],
      [odata``, ""],
      [odata`${"日本 😀"}${"\n"}`, "'日本 😀''\n'"],
    ];
    for (const [filter, expected] of cases) equal(filter, expected);
  });

  check("refuses values that are no literals", async () => {
    const objects = [{}, new Map(), () => {}, Symbol("s"), new Date(NaN), /a/];
    const numbers = [1.5, NaN, Infinity, 2 ** 53];
    const arrays = [[], [[]], ["a", ["b"]], [{}], [1.5]];
    for (const value of [...objects, ...numbers, ...arrays]) {
      throws(() => odata`a eq ${value}`, { name: "TypeError", code: "InvalidFilter" });
    }
    throws(() => odata`a in '${["x"]}'`, { name: "TypeError", code: "InvalidFilter" });
    for (const half of ["\ud800", "a\udc00b"]) {
      throws(() => odata`a eq ${half}`, { name: "TypeError", code: "InvalidFilter" });
      throws(() => odata`a in ${[half]}`, { name: "TypeError", code: "InvalidFilter" });
    }
  });

  live("lets no value of a filter become syntax", async ({ client, guest, heard }) => {
    const userIds = ["ada", "o'neil", "x' or userId ne '", "') or true or ('", "''"];
    for (const userId of userIds) await guest({ userId });
    await guest();
    for (const [i, userId] of userIds.entries()) {
      await client.sendToAll(`${i}`, { ...TEXT, filter: odata`userId eq ${userId}` });
      await client.sendToAll(`${i} quoted`, { ...TEXT, filter: odata`userId eq '${userId}'` });
      await client.sendToAll(`${i} in`, { ...TEXT, filter: odata`userId in ${[userId]}` });
    }
    await client.sendToAll("others", { ...TEXT, filter: odata`not (userId in ${userIds})` });
    const own = userIds.map((_, i) => [`${i}`, `${i} quoted`, `${i} in`]);
    equal(await heard(), [...own, ["others"]]);
  });

  live("filters by all that the service knows", async ({ client, guest, heard }) => {
    const ada = await guest({ userId: "ada", groups: ["g", "h"] });
    await guest({ userId: "bob", groups: ["g"] });
    await guest();
    const filters = [
      odata`connectionId eq ${ada.id}`,
      odata`${"g"} in groups and length(groups) lt ${2}`,
      odata`userId eq ${null}`,
      odata`startswith(userId, ${"a"}) or endswith(userId, ${"b"})`,
    ];
    for (const [i, filter] of filters.entries()) await client.sendToAll(`${i}`, { ...TEXT, filter });
    equal(await heard(), [["0", "3"], ["1", "3"], ["2"]]);
  });

  check("cannot be given other roles by the program", async () => {
    equal(Object.isFrozen(roles), true);
  });

  check("refuses names and patterns of roles that are not well-formed text", async () => {
    for (const wrong of [5, null, {}, "\ud800"]) {
      throws(() => roles.sendToGroup(wrong), { name: "TypeError", code: "InvalidGroup" });
      throws(() => roles.sendToGroups(wrong), { name: "TypeError", code: "InvalidRole" });
      throws(() => roles.escape(wrong), { name: "TypeError", code: "InvalidGroup" });
    }
    throws(() => roles.sendToGroups(), { name: "TypeError", code: "InvalidRole" });
  });

  live("gives roles that the service takes as they are meant", async ({ guest }) => {
    const name = "a*b?\\";
    const ada = await guest({
      roles: [
        roles.joinLeaveGroup("x.*"),
        roles.joinLeaveGroups(`${roles.escape(name)}.*`),
        roles.sendToGroup(),
      ],
    });
    const joins = async (group) => (await ada.ask({ type: "joinGroup", group })).success;
    equal([await joins("x.*"), await joins("x.1")], [true, false]);
    equal(
      [await joins(`${name}.1`), await joins("aXbY\\.1"), await joins(`${name}.1.2`)],
      [true, false, false],
    );
    const sends = await ada.ask({ type: "sendToGroup", group: "any", data: 1 });
    equal(sends.success, true);
  });
}
