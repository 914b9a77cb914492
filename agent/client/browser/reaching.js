/**
 * Where a server is, and why it does not let somebody in.
 *
 * @module reaching
 */

import { refusal, serverGone } from "./errors.js";

/**
 * @param {URL} address of the websocket, with whatever scheme
 * @param {"ws" | "http"} scheme
 */
export function addressOf(address, scheme) {
  const url = new URL(address);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  url.protocol = secure ? `${scheme}s:` : `${scheme}:`;
  url.hash = "";
  return url.href;
}

/**
 * A browser hides why an upgrade was refused; the same address tells it without one.
 *
 * @param {URL} address
 * @param {string} [token]
 */
export async function whyRefused(address, token) {
  try {
    const answer = await fetch(addressOf(address, "http"), {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      cache: "no-store",
    });
    if (![401, 403, 503].includes(answer.status)) return serverGone();
    const body = await answer.json().catch(() => ({}));
    return refusal(answer.status, body.error?.message ?? "", body.error?.code);
  } catch (error) {
    if (error instanceof TypeError) return serverGone();
    throw error;
  }
}
