// Connections that fail, and responses that stop before their end.
import {
  closes,
  resets,
  resetsBeforeReading,
  responds,
  staysSilent,
  works,
  worksAfter,
  writes,
} from "../steps.js";

const BOTH = ["addUser", "sendToAll"];
/** Long enough that a request arrives before it, on any machine. */
const TIMEOUT = 2_000;

const head = (status, more) => `HTTP/1.1 ${status} OK\r\n${more}\r\n`;

export const connections = {
  title: "Connections",
  scenarios: [
    { fault: "The connection is refused", calls: BOTH, isRefused: true, service: () => [works] },
    {
      fault: "Reset before the request is read, each time",
      calls: BOTH,
      service: () => [resetsBeforeReading],
    },
    {
      fault: "Reset before the request is read, once",
      calls: BOTH,
      service: () => [resetsBeforeReading, works],
    },
    {
      fault: "Reset after the request and before any response, each time",
      calls: BOTH,
      service: () => [resets],
    },
    {
      fault: "Reset after the request and before any response, once",
      calls: BOTH,
      service: () => [resets, works],
    },
    {
      fault: "Reset after the request and before any response, once, with `repeatSends`",
      calls: ["sendToAll"],
      retry: { repeatSends: true },
      service: () => [resets, works],
    },
    {
      fault: "Reset after the request on a connection that was used before, once",
      calls: BOTH,
      warmUp: true,
      service: () => [works, resets, works],
    },
    {
      fault: "Closed after the request and before any response, once",
      calls: BOTH,
      service: () => [closes, works],
    },
    {
      fault: "No response within `timeoutInMs`",
      calls: BOTH,
      timeout: TIMEOUT,
      service: () => [staysSilent],
    },
    {
      fault: "A slow response within `timeoutInMs`",
      calls: BOTH,
      service: () => [worksAfter(300)],
    },
    {
      fault: "503 with a delay that `timeoutInMs` cuts off",
      calls: BOTH,
      timeout: TIMEOUT,
      service: () => [responds(503, { "Retry-After": "30" })],
    },
  ],
};

const ALL = ["addUser", "listConnections", "sendToAll"];

export const responses = {
  title: "Responses that are not HTTP, or not complete",
  scenarios: [
    {
      fault: "The body stops, and the connection stays open",
      calls: ALL,
      timeout: TIMEOUT,
      service: () => [writes((status) => head(status, "Content-Length: 10\r\n") + "{", { end: "open" })],
    },
    {
      fault: "The body is shorter than `Content-Length`, each time",
      calls: ALL,
      service: () => [writes((status) => head(status, "Content-Length: 10\r\n") + "{")],
    },
    {
      fault: "The body is shorter than `Content-Length`, once",
      calls: ALL,
      service: () => [writes((status) => head(status, "Content-Length: 10\r\n") + "{"), works],
    },
    {
      fault: "Reset within the body, once",
      calls: ALL,
      service: () => [
        writes((status) => head(status, "Content-Length: 10\r\n") + "{", { end: "reset" }),
        works,
      ],
    },
    {
      fault: "A chunked body without its end, once",
      calls: ALL,
      service: () => [
        writes((status) => head(status, "Transfer-Encoding: chunked\r\n") + "1\r\n{\r\n"),
        works,
      ],
    },
    {
      fault: "The head stops in its first line, once",
      calls: BOTH,
      service: () => [writes((status) => `HTTP/1.1 ${status}`), works],
    },
    {
      fault: "Garbage in place of HTTP, each time",
      calls: BOTH,
      service: () => [writes(() => "SSH-2.0-OpenSSH_9.6\r\n", { effect: "no" })],
    },
    {
      fault: "103 (Early Hints) before the response",
      calls: BOTH,
      timeout: TIMEOUT,
      service: () => [
        writes((status) => head(103, "") + head(status, status === 204 ? "" : "Content-Length: 0\r\n"), {
          end: "open",
        }),
      ],
    },
  ],
};
