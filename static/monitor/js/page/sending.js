// Sends a change to the server as JSON; a refusal comes back as a sentence.

import { count } from "./format.js";

const UNREACHABLE = "The server cannot be reached just now.";

/** {answer, error}: the JSON that was answered, or null and a sentence. */
export async function send(method, url, body) {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json().catch(() => null);
    if (response.ok) return { answer, error: "" };
    return { answer: null, error: problem(response.status, answer) };
  } catch {
    return { answer: null, error: UNREACHABLE };
  }
}

/** The errors of the API as one sentence. */
function problem(status, body) {
  if (body?.error) return body.error;
  if (status === 401 || status === 403) return "You may not do that: log in again.";
  return `The server refused (status ${count(status)}).`;
}
