// The form that signs somebody in. On a demonstration server it is filled in.

import { setText } from "./dom.js";

const DEMO = { email: "demo@freshtrack.local", password: "freshtrack" };

export class SignIn {
  #form;
  #session;
  #failure;

  constructor(form, session) {
    this.#form = form;
    this.#session = session;
    this.#failure = form.querySelector(".failure");
    setText(this.#failure);
    this.#prefill();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  #prefill() {
    const isDemo = document.documentElement.dataset.demo !== undefined;
    this.#form.querySelector(".hint").hidden = !isDemo;
    if (!isDemo) return;
    for (const [name, value] of Object.entries(DEMO)) this.#form.elements[name].value = value;
  }

  async #submit() {
    const { email, password, submit } = this.#form.elements;
    submit.disabled = true;
    setText(this.#failure);
    try {
      await this.#session.signIn(email.value.trim(), password.value);
      this.#form.reset();
      this.#prefill();
    } catch (error) {
      setText(this.#failure, error.message);
    } finally {
      submit.disabled = false;
    }
  }
}
