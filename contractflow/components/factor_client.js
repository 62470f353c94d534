/** What the scripts of second factors share: asking the server, and the browser's part of a passkey. */

const LOST = "The server could not be reached. Nothing was changed; try again.";
const REFUSALS = {
  NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey of yours already.",
  SecurityError: "This browser does not allow passkeys at this address.",
};

const here = () => encodeURIComponent(window.location.pathname + window.location.search);

/** Ask whoever sits here to confirm that it is them; then `again`, or `cancelled`. */
export function confirmFirst(again, cancelled) {
  const asked = new CustomEvent("cf:confirm", { cancelable: true, detail: { again, cancelled } });
  if (window.dispatchEvent(asked)) window.location.assign(`/confirm-identity?next=${here()}`);
}

/** {said} or {problem}; what asks for a confirmation waits for it and is asked again. */
export async function ask(path, given = {}) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(given) });
  } catch {
    return { problem: LOST };
  }
  if (answer.ok) return { said: await answer.json() };
  if (answer.headers.has("x-confirm-identity"))
    return new Promise((done) => confirmFirst(() => done(ask(path, given)), () => done({ problem: "" })));
  if (answer.status === 401) {
    window.location.assign(`/login?reason=ended&next=${here()}`);
    return new Promise(() => {});
  }
  return { problem: await answer.text() };
}

export const knowsPasskeys = () => Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

/** A passkey that is there, for whatever `path` does with it. */
export const usePasskey = (path, more) =>
  ceremony(path, more, (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));

/** A new one. */
export const makePasskey = (path, more) =>
  ceremony(path, more, (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));

async function ceremony(path, more, credentialOf) {
  const { said, problem } = await ask(`${path}/options`);
  if (!said) return { problem };
  let answer;
  try {
    answer = (await credentialOf(said.options)).toJSON();
  } catch (error) {
    return { problem: REFUSALS[error.name] ?? "The browser could not do that with a passkey. Use another way." };
  }
  return ask(path, { ticket: said.ticket, answer, ...more });
}
