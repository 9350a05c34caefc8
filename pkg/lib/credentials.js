// Credentials that come with the package.
import { argumentError } from "./errors.js";

const checked = (key) => {
  if (typeof key === "string" && key.trim() !== "") return key;
  throw argumentError(
    "The access key is empty or not a string: copy one from Keys in the portal",
    "InvalidAccessKey",
  );
};

/** An access key that may be replaced while clients use it. */
export class AzureKeyCredential {
  // Private, so that neither JSON.stringify nor a console shows it.
  #key;

  constructor(key) {
    this.#key = checked(key);
  }

  get key() {
    return this.#key;
  }

  update(newKey) {
    this.#key = checked(newKey);
  }
}
