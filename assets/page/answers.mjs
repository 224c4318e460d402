// What comes back from the network: an answer of our server, or something that stands between (a sign-in, a proxy, a
// limit, nothing at all). Whatever is not ours is `Lost`, with the reason; what our server refuses is `Refused`.
import { specification } from "./specification.mjs";

const BUILD = "Saddlesurf-Build"; // the header by which page and server say what they were made from
const NUMBER = "Saddlesurf-Request"; // and by which an answer says its request's number
const NUMBERED = /^[0-9a-f]{8}$/;
const SIGN_IN = [401, 403, 407, 511];
const SAID = 500; // characters of a sentence at most
let newer = false; // whether the server is not the one that has made this page

export const SENTENCES = {
  unreachable: "The server does not answer. What is on the page stays; new pictures come when it is back.",
  signedOut: "You may have been signed out: sign in again and reload this page. Its address keeps what you see.",
  busy: "Too many requests: please wait, the page asks again by itself. What is on it stays.",
  unknown: "Something has answered that is not this page's server: reload this page. Its address keeps what you see.",
  newVersion: "A new version is here: reload this page. Its address keeps what you see.",
};

// no answer of ours has come: why (a name of SENTENCES), and for how many ms whoever is there wants to be left alone
export class Lost extends Error {
  constructor(reason, wait = 0) {
    super(SENTENCES[newer ? "newVersion" : reason]);
    this.reason = newer ? "newVersion" : reason;
    this.wait = wait;
  }
}

// the server has refused the message and says why; its log has a line under the number, where there is one
export class Refused extends Error {
  constructor(sentence, number = "") {
    super(sentence);
    this.note = NUMBERED.test(number) ? `failed, request ${number}` : "failed";
  }
}

export const isNewer = () => newer;

export const headers = () => ({ [BUILD]: specification.build });

// of a status, and of whether it has come by another address; null where our server may have spoken
export function reasonOf(status, isRedirected) {
  if (isRedirected || SIGN_IN.includes(status)) return "signedOut";
  if (status === 429) return "busy";
  if (status === 0 || status >= 500) return "unreachable";
  return null;
}

function waitOf(response) {
  const said = response.headers.get("Retry-After"); // seconds, or a date
  if (!said) return 0;
  const wait = /^\d+$/.test(said.trim()) ? 1000 * Number(said) : Date.parse(said) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

// fetches; resolves with a response that may be ours, in time and without a detour
export async function reach(url, options, patience) {
  let response;
  try {
    response = await fetch(url, { ...options, redirect: "manual", signal: AbortSignal.timeout(patience) });
  } catch {
    throw new Lost("unreachable");
  }
  const build = response.headers.get(BUILD);
  if (build) newer = build !== specification.build;
  const reason = reasonOf(response.status, response.type === "opaqueredirect");
  if (reason) throw new Lost(response.type === "opaqueredirect" ? "signedOut" : reason, waitOf(response));
  return response;
}

// the whole body, by a method of Response
async function bodyOf(response, method) {
  try {
    return await response[method]();
  } catch {
    throw new Lost("unreachable"); // cut on its way
  }
}

function parse(text) {
  try {
    const said = JSON.parse(text);
    return said !== null && typeof said === "object" ? said : {};
  } catch {
    return {};
  }
}

function refusal(response, text) {
  const { sentence } = parse(text);
  if (newer) return new Lost("newVersion"); // what it says concerns another page than this one
  const number = response.headers.get(NUMBER) || "";
  if (typeof sentence === "string") return new Refused(sentence, number);
  const isPlain = (response.headers.get("Content-Type") || "").startsWith("text/plain");
  return isPlain && text.trim() ? new Refused(text.trim().slice(0, SAID), number) : new Lost("unknown");
}

// our JSON, which is known by one of its names
export async function readJson(response, name) {
  const text = await bodyOf(response, "text");
  if (!response.ok) throw refusal(response, text);
  const said = parse(text);
  if (said[name] === null || typeof said[name] === "undefined") throw new Lost("signedOut");
  return said;
}

// a file of this kind, as bytes: known by how it begins, since a sign-in page may come under any name
const BEGINS = { csv: /^[\w#"]/, json: /^\s*\{/, npz: /^PK/ };

export async function readFile(response, kind) {
  if (!response.ok) throw refusal(response, await bodyOf(response, "text"));
  const blob = await bodyOf(response, "blob");
  const type = response.headers.get("Content-Type") || "";
  if (type.includes("html") || !(BEGINS[kind] || /^/).test(await blob.slice(0, 8).text())) throw new Lost("signedOut");
  return blob;
}
