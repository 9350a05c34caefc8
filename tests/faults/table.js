// The table in docs/faults.md: sections, rows, and notes where a client differs from the one in Node.

export const START = "<!-- faults: `cargo xtask faults` writes what stands from here -->";
export const END = "<!-- to here -->";

const HEAD = "| fault | call | requests | effects | the caller sees |\n| --- | --- | --- | --- | --- |";

const CALLS = {
  addUser: "`addUser()`",
  closeConnection: "`closeConnection()`",
  getClientAccessToken: "`getClientAccessToken()`",
  groupExists: "`groupExists()`",
  listConnections: "`listConnections()`",
  sendToAll: "`sendToAll()`",
};

const escaped = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

/**
 * Without what differs by design: in Rust, the message of a network error is the transport's own, and the error of a
 * credential is that of the call.
 */
const comparable = (text) =>
  text
    .replaceAll(/(`REQUEST_SEND_ERROR`)(: [^;]*)?/g, "$1")
    .replaceAll("The credential gave no token: see the cause; cause: ", "");

/** What another client's cells say where they differ from those of Node. */
const note = (name, own, other) => {
  const differences = Object.keys(own).filter((cell) => comparable(own[cell]) !== comparable(other[cell]));
  if (differences.length === 0) return "";
  const texts = differences.map((cell) => (cell === "caller" ? other.caller : `${cell}: ${other[cell]}`));
  return `<br>${name}: ${escaped(texts.join("; "))}`;
};

/** The cells of a row as text: those of Node, with notes on the others. */
const rowCells = ({ call, cells }, variant) => {
  const { Node: own, ...others } = cells;
  const notes = Object.entries(others).map(([name, other]) => note(name, own, other));
  const texts = [CALLS[call], own.requests, own.effects, escaped(own.caller) + notes.join("")];
  const text = texts.join(" | ");
  // Rows that differ in their status alone are one.
  return variant ? text.replaceAll(`status ${variant} `, "the status ") : text;
};

const either = (names) =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

/** Rows `{ scenario, call, cells }` in order; those of a family that say the same are merged. */
const rowsText = (rows) => {
  const families = [];
  for (const row of rows) {
    const { fault, family, rest, variant } = row.scenario;
    const key = `${family ?? fault} ${row.call}`;
    const text = rowCells(row, family && variant);
    const same = families.find((other) => other.key === key && other.text === text);
    if (same) same.variants.push(variant);
    else families.push({ key, text, fault, rest, variants: [variant] });
  }
  const named = families.map(({ rest, fault, variants, text }) => ({
    fault: rest ? either(variants) + rest : fault,
    text,
  }));
  // The calls of one fault stand together, and name it once.
  const order = [...new Set(named.map(({ fault }) => fault))];
  const lines = order.flatMap((fault) =>
    named
      .filter((row) => row.fault === fault)
      .map(({ text }, i) => `| ${i === 0 ? escaped(fault) : ""} | ${text} |`),
  );
  return [HEAD, ...lines].join("\n");
};

export const tableOf = (sections) =>
  sections.map(({ title, rows }) => `## ${title}\n\n${rowsText(rows)}`).join("\n\n");
