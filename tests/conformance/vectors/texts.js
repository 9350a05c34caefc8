// Vectors of filters and roles.
import { errorOf } from "./cases.js";

const attempt = (run) => {
  try {
    return { text: run() };
  } catch (error) {
    return { error: errorOf(error) };
  }
};

/** A filter: a value as a literal, a list of user ids, or a template with values. */
export const filters = async ({ odata }, { value, list, template, values }) =>
  attempt(() => {
    if (template) return odata(template, ...values);
    if (list) return odata`userId in ${list}`;
    return odata`userId eq ${value}`;
  });

/** A role by the name of its function, or an escaped name. */
export const roles = async ({ roles }, { role, group }) => attempt(() => roles[role](group));
