// Answers that are errors, worded by the core.
import { RestError } from "./errors.js";
import { describe, kindOfStatus } from "./wasm.js";

/** The error that an answer is, in any of the service's shapes: JSON, problem+json, or headers alone after HEAD. */
export const failure = (response) => {
  const { request, status, headers, bodyAsText } = response;
  const body = members(bodyAsText);
  const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);
  const errorCode = headers.get("x-ms-error-code");
  const said = text(body.message) ?? text(body.title);
  return new RestError(describe(status, request.method, said, headers.get("date"), Date.now()), {
    code: text(body.code) ?? errorCode,
    statusCode: status,
    kind: kindOfStatus(status),
    details: { ...body, ...(errorCode && { errorCode }) },
    request,
    response,
  });
};

const members = (text) => {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
};
