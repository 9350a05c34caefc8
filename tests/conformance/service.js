// What the client of the service does, in every runtime. Checks that clients can see are live: they have a hub of
// the service. The others look at requests that are not sent, and at what becomes of answers.
import { CONNECTION_STRING, recorder } from "./recorder.js";
import { scenes } from "./scene.js";
import { bodies } from "./service/bodies.js";
import { credentials } from "./service/credentials.js";
import { deadlines } from "./service/deadlines.js";
import { endpoints } from "./service/endpoints.js";
import { entra } from "./service/entra.js";
import { errors } from "./service/errors.js";
import { filters } from "./service/filters.js";
import { life } from "./service/life.js";
import { logging } from "./service/logging.js";
import { names } from "./service/names.js";
import { operations } from "./service/operations.js";
import { paging } from "./service/paging.js";
import { requests } from "./service/requests.js";
import { responses } from "./service/responses.js";
import { retries } from "./service/retries.js";
import { secrets } from "./service/secrets.js";
import { sending } from "./service/sending.js";
import { tokens } from "./service/tokens.js";

/**
 * @param {(name: string, run: () => Promise<void>) => void} check takes each check
 * @param {{ connectionString: string }} settings lead to a service
 */
export function service(pkg, check, { connectionString }) {
  /** A client whose requests are recorded; `answers` are those of a recorder. */
  const recording = (answers = [202], options = {}) => {
    const { fetch, requests } = recorder(...answers);
    const client = new pkg.WebPubSubServiceClient(CONNECTION_STRING, "chat", { fetch, ...options });
    return { client, requests, fetch };
  };
  const tools = { pkg, check, connectionString, recording, live: scenes(check, pkg, connectionString) };
  bodies(tools);
  credentials(tools);
  deadlines(tools);
  endpoints(tools);
  entra(tools);
  errors(tools);
  filters(tools);
  life(tools);
  logging(tools);
  names(tools);
  operations(tools);
  paging(tools);
  requests(tools);
  responses(tools);
  retries(tools);
  secrets(tools);
  sending(tools);
  tokens(tools);
}
