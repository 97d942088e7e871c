// Calls of the admin API. The session is in a cookie that scripts cannot read.

/** What the server refused or could not do: `status` (0: it was not reached), `code`, `message`. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
    this.title = { 0: "Headgate does not answer", 403: "Not allowed" }[status] ?? "Headgate could not answer";
  }
}

/** The JSON of `GET /api/v1/PATH`. `parameters`: a URLSearchParams or an object. */
export function get(path, parameters = {}, signal) {
  return call("GET", path, { parameters, signal });
}

/** Sends a change; `body` is written as JSON. */
export function send(method, path, body, parameters = {}) {
  return call(method, path, { body, parameters });
}

/** The address of an API path with its parameters. */
export function url(path, parameters = {}) {
  const query = String(parameters instanceof URLSearchParams ? parameters : new URLSearchParams(parameters));
  return `/api/v1/${path}${query ? `?${query}` : ""}`;
}

async function call(method, path, { parameters, body, signal }) {
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(url(path, parameters), {
      method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The connection failed. Is the server running?");
  }
  if (response.status === 401) signIn();
  const text = await response.text();
  const answer = text ? read(text) : null;
  if (!response.ok) {
    throw new ApiError(response.status, answer?.error?.code ?? "error",
      answer?.error?.message ?? `The server answered ${response.status}.`);
  }
  return answer;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(502, "not_json", "The server's answer is not JSON.");
  }
}

/** Goes to the page that asks for a code, and back here afterwards. */
function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}
