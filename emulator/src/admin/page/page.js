// The page of the emulator's admin port. All that comes from outside is shown by textContent, never as markup.

const MAX_RECORDS = 500;
const MAX_LISTED = 100;
const REFRESH_MS = 1_500;

const at = (id) => document.getElementById(id);

/** An element with attributes and children; children that are strings become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

async function call(path, method = "GET", body) {
  const init = { method };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(path, init);
  const text = await response.text();
  const value = text === "" ? undefined : JSON.parse(text);
  if (!response.ok) throw new Error(value?.error ?? `The emulator responded with ${response.status}.`);
  return value;
}

// --- Hubs and their connections ---

/** Shows items in a list and keeps the elements of those that are still there: what is open or focused stays so. */
function keep(list, items, key, create, update) {
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]));
  items.forEach((item, position) => {
    const name = key(item);
    let element = old.get(name);
    old.delete(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    const state = JSON.stringify(item);
    if (element.dataset.state !== state) {
      element.dataset.state = state;
      update(element, item);
    }
    if (list.children[position] !== element) list.insertBefore(element, list.children[position] ?? null);
  });
  for (const element of old.values()) element.remove();
}

function count(id, { total, items }) {
  at(`${id}-count`).textContent =
    total > items.length ? `${total} (first ${items.length} shown)` : `${total}`;
}

function permission({ all, groups, patterns, revoked }) {
  const parts = [...groups.map((name) => `“${name}”`), ...patterns.map((pattern) => `like ${pattern}`)];
  if (all) parts.unshift("all groups");
  const text = parts.join(", ") || "none";
  return revoked.length ? `${text}; but not ${revoked.map((name) => `“${name}”`).join(", ")}` : text;
}

function createConnection({ id }) {
  const facts = make("dl");
  const show = () => {
    at("connection").value = id;
    follow();
  };
  const drop = () => act(() => call(hubPath("drop"), "POST", { connection: id }));
  return make(
    "li",
    {},
    make(
      "details",
      {},
      make("summary"),
      facts,
      make(
        "div",
        { class: "row" },
        make(
          "button",
          { type: "button", onclick: show, "aria-label": `Show traffic of ${id}` },
          "Show traffic",
        ),
        make("button", { type: "button", onclick: drop, "aria-label": `Drop ${id}` }, "Drop"),
      ),
    ),
  );
}

function updateConnection(element, { id, userId, subprotocol, groups, permissions }) {
  element.querySelector("summary").textContent = `${userId ?? "anonymous"} · ${id.slice(0, 8)}`;
  const facts = [
    ["Id", id],
    ["User", userId ?? "none"],
    ["Subprotocol", subprotocol ?? "none"],
    ["Groups", groups.join(", ") || "none"],
    ["May send to", permission(permissions.sendToGroup)],
    ["May join", permission(permissions.joinLeaveGroup)],
  ];
  const list = facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  element.querySelector("dl").replaceChildren(...list);
}

const hubPath = (operation) => `api/hubs/${encodeURIComponent(at("hub").value)}/${operation}`;

async function refresh() {
  if (document.hidden) return;
  const { items: hubs } = await call("api/hubs");
  const select = at("hub");
  keep(
    select,
    hubs,
    (hub) => hub.name,
    (hub) => make("option", { value: hub.name }),
    (option, hub) => (option.textContent = hub.name),
  );
  at("hub-empty").hidden = hubs.length > 0;
  select.disabled = at("send-button").disabled = hubs.length === 0;
  if (hubs.length === 0) return;
  const hub = select.value;
  const [connections, groups, users] = await Promise.all(
    ["connections", "groups", "users"].map((list) => call(hubPath(`${list}?limit=${MAX_LISTED}`))),
  );
  if (hub !== select.value) return;
  count("connections", connections);
  keep(at("connections"), connections.items, ({ id }) => id, createConnection, updateConnection);
  const named = (list, items, key) =>
    keep(
      at(list),
      items,
      (item) => item[key],
      () => make("li"),
      (element, item) =>
        element.replaceChildren(item[key], make("span", { class: "count" }, ` ${item.connections}`)),
    );
  count("groups", groups);
  named("groups", groups.items, "name");
  count("users", users);
  named("users", users.items, "id");
}

async function refreshAgain() {
  // The stream says whether the emulator is there.
  await refresh().catch(() => {});
  setTimeout(refreshAgain, REFRESH_MS);
}

/** Does something on request and says so when it fails. */
async function act(action) {
  try {
    await action();
    await refresh();
  } catch (error) {
    at("sent").textContent = error.message;
  }
}

// --- Sending ---

at("to").addEventListener("change", () => (at("name-field").hidden = at("to").value === ""));

at("send").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [to, dataType, text] = [at("to").value, at("type").value, at("data").value];
  const result = at("sent");
  try {
    const message = { dataType, data: dataType === "json" ? JSON.parse(text) : text };
    if (to) message[to] = at("name").value;
    const { connections } = await call(hubPath("send"), "POST", message);
    result.textContent = `Sent to ${connections} ${connections === 1 ? "connection" : "connections"}.`;
  } catch (error) {
    result.textContent = error instanceof SyntaxError ? `No valid JSON: ${error.message}` : error.message;
  }
});

// --- Traffic ---

let stream;
/** Counts calls of `follow()`, of which only the latest opens a stream. */
let followed = 0;
let isPaused = false;
let waiting = [];
let isDrawing = false;

function filter() {
  const query = new URLSearchParams();
  const boxes = [...document.querySelectorAll("input[name=kind]")];
  const kinds = boxes.filter((box) => box.checked);
  if (kinds.length < boxes.length) {
    for (const kind of kinds.flatMap(({ value }) => value.split(" "))) query.append("kind", kind);
  }
  for (const name of ["text", "user", "connection"]) if (at(name).value) query.set(name, at(name).value);
  if (at("this-hub").checked && at("hub").value) query.set("hub", at("hub").value);
  return { query, isNothing: kinds.length === 0 };
}

/** Begins again with the records that the filter now selects, the latest ones first. */
async function follow() {
  const own = ++followed;
  stream?.close();
  waiting = [];
  at("records").replaceChildren();
  drawn();
  const { query, isNothing } = filter();
  const { endpoint, lastRecord } = await call("api").catch(() => ({ lastRecord: 0 }));
  if (endpoint) at("endpoint").textContent = endpoint;
  if (isNothing || own !== followed) return;
  query.set("after", Math.max(0, lastRecord - 2_000));
  stream = new EventSource(`api/traffic/stream?${query}`);
  stream.onopen = () => say("live", "Live");
  stream.onerror = () => say("lost", "The emulator does not respond. Trying again…");
  stream.onmessage = ({ data }) => {
    waiting.push(JSON.parse(data));
    if (waiting.length > MAX_RECORDS) waiting.shift();
    draw();
  };
}

function say(state, text) {
  at("state").dataset.state = state;
  at("state").textContent = text;
}

/** Shows the waiting records, at most once per animation frame. */
function draw() {
  if (isPaused) return drawn();
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (isPaused) return;
    const list = at("records");
    list.prepend(...waiting.reverse().map(row));
    waiting = [];
    while (list.children.length > MAX_RECORDS) list.lastElementChild.remove();
    drawn();
  });
}

function drawn() {
  const shown = at("records").children.length;
  at("no-traffic").hidden = shown > 0;
  const news =
    isPaused && waiting.length
      ? `, ${waiting.length}${waiting.length === MAX_RECORDS ? " or more" : ""} new`
      : "";
  at("shown").textContent = shown || news ? `${shown} shown, newest first${news}` : "";
}

function row(record) {
  const { label, title, result } = describe(record);
  const who = [record.user, record.connection?.slice(0, 8)].filter(Boolean).join(" · ");
  const time = record.time.slice(11, 23);
  const summary = make(
    "summary",
    {},
    make("time", { datetime: record.time }, time),
    make("span", {}, label),
    make(
      "span",
      { class: "title" },
      make("span", {}, title),
      result && make("b", { class: result.state }, result.text),
    ),
    make("span", { class: "who" }, who),
  );
  const details = make("details", {}, summary);
  // Most rows are never opened.
  details.addEventListener("toggle", () => details.append(content(record)), { once: true });
  return make("li", {}, details);
}

/** The outcome of a request or an event, and whether it is a success. */
function outcome({ response, error }) {
  if (error) return { text: error, state: "bad" };
  if (!response) return { text: "connection reset", state: "bad" };
  return { text: `${response.status}`, state: response.status < 400 ? "good" : "bad" };
}

function describe(record) {
  switch (record.kind) {
    case "rest":
    case "connect": {
      const path = record.request.url.split("?")[0];
      const label = record.kind === "rest" ? "REST" : "handshake";
      return { label, title: `${record.request.method} ${path}`, result: outcome(record) };
    }
    case "event":
      return { label: "event", title: record.event, result: outcome(record) };
    case "frame": {
      const { direction, opcode, body, code } = record;
      const beginning = (body.text ?? body.base64 ?? "").slice(0, 200);
      const name = opcode === "text" ? "" : `${opcode}${code ? ` ${code}` : ""}  `;
      return { label: direction === "in" ? "from client" : "to client", title: `${name}${beginning}` };
    }
    case "lost":
      return { label: "socket lost", title: record.reason || "without a reason; the client may come back" };
    case "disconnect":
      return { label: "disconnect", title: record.reason || "without a reason" };
    case "gap":
      return { label: "gap", title: `${record.lost} records came too fast to be shown` };
    default:
      return { label: record.kind, title: "" };
  }
}

function content(record) {
  const parts = [];
  const add = (title, text) => parts.push(make("h3", {}, title), make("pre", {}, text));
  const addBody = (title, body) => {
    if (body?.size) add(`${title}, ${size(body)}`, pretty(body));
  };
  const addHttp = (title, first, { headers, body }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    add(title, [first, ...lines].join("\n"));
    addBody(`${title} body`, body);
  };
  const { request, response, body, error, durationMs, fault } = record;
  const facts = { record: record.seq, hub: record.hub, connection: record.connection, user: record.user };
  Object.assign(facts, { "duration (ms)": durationMs, fault, error });
  add(
    "Facts",
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  );
  if (request) addHttp("Request", `${request.method} ${request.url}`, request);
  if (response) addHttp("Response", `${response.status}`, response);
  addBody("Payload", body);
  return make("div", { class: "content" }, ...parts);
}

function size({ size, cut }) {
  return `${size} ${size === 1 ? "byte" : "bytes"}${cut ? "; only the first 16 KiB are kept" : ""}`;
}

function pretty({ text, base64 }) {
  if (text === undefined) return base64;
  try {
    // Numbers that JavaScript would change are left as they are.
    return /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

at("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  at("pause").setAttribute("aria-pressed", isPaused);
  draw();
});

at("clear").addEventListener("click", () => {
  waiting = [];
  at("records").replaceChildren();
  drawn();
});

let typing;
at("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(follow, 200);
});
at("filter").addEventListener("submit", (event) => event.preventDefault());
at("hub").addEventListener("change", () => {
  void refresh().catch(() => {});
  if (at("this-hub").checked) void follow();
});
document.addEventListener("visibilitychange", () => void refresh().catch(() => {}));

void follow();
void refreshAgain();
