/**
 * What the visitor is asked before something is done, and what became of it.
 *
 * @module asking
 */

/** Milliseconds after which a question that nobody answered goes, if the server does not say so. */
const GRACE_MS = 500;

export class Asking {
  #element;
  #wording;
  #session;
  /** The question of the server's that is open. */
  #id = "";
  #expiry = 0;
  #draining = 0;
  /** @type {import("./texts.js").Text | ""} what became of the call */
  #outcome = "";

  /**
   * @param {(id: string) => any} element
   * @param {import("./wording.js").Wording} wording
   * @param {import("../../sdk/session.js").Session} session
   */
  constructor(element, wording, session) {
    this.#element = element;
    this.#wording = wording;
    this.#session = session;
    const [call, confirm] = [element("call-dialog"), element("confirm-dialog")];
    element("call").addEventListener("click", () => call.showModal());
    element("call-no").addEventListener("click", () => call.close());
    element("call-yes").addEventListener("click", () => {
      call.close();
      session.send({ type: "kiosk.call" });
    });
    element("confirm-no").addEventListener("click", () => this.#answer(false));
    element("confirm-yes").addEventListener("click", () => this.#answer(true));
    confirm.addEventListener("cancel", () => this.#answer(false));
    session.on("kiosk.confirm", (event) => this.#ask(event));
    session.on("kiosk.confirmed", ({ id }) => {
      if (id === this.#id) this.#close();
    });
    session.on("kiosk.called", ({ outcome }) => {
      this.#outcome = outcome;
      this.render();
    });
  }

  /** Nobody was asked anything. */
  forget() {
    this.#outcome = "";
    this.#close();
    if (this.#element("call-dialog").open) this.#element("call-dialog").close();
    this.render();
  }

  /** The page has another language. */
  render() {
    this.#element("called").dataset.outcome = this.#outcome;
    this.#element("called").textContent = this.#outcome && this.#wording.of(this.#outcome);
  }

  /** @param {{id: string, text: string, expires_s: number}} question */
  #ask({ id, text, expires_s: seconds }) {
    this.#close();
    this.#id = id;
    for (const name of ["call-dialog", "settings-dialog"]) this.#element(name).close();
    this.#element("confirm-text").textContent = text;
    this.#element("confirm-dialog").showModal();
    this.#element("confirm-no").focus();
    const endsMs = performance.now() + 1000 * seconds;
    const remaining = this.#element("confirm-remaining");
    remaining.value = 1;
    this.#draining = setInterval(() => {
      remaining.value = Math.max(0, (endsMs - performance.now()) / (1000 * seconds));
    }, 500);
    this.#expiry = setTimeout(() => this.#close(), 1000 * seconds + GRACE_MS);
  }

  /** @param {boolean} yes */
  #answer(yes) {
    if (this.#id !== "") this.#session.send({ type: "kiosk.answer", id: this.#id, yes });
    this.#close();
  }

  #close() {
    clearTimeout(this.#expiry);
    clearInterval(this.#draining);
    this.#id = "";
    this.#element("confirm-text").textContent = "";
    if (this.#element("confirm-dialog").open) this.#element("confirm-dialog").close();
  }
}
