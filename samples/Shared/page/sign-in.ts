import { RealtimeClient } from "orleansrealtime";
import { showState } from "./state.js";

/** Asks for a name, once per tab, and makes the client of whoever that is. `?name=` in the address answers for the person. */
export async function signIn(about: string): Promise<RealtimeClient> {
  const name = new URLSearchParams(location.search).get("name") ?? sessionStorage.getItem("name") ?? await askName(about);
  sessionStorage.setItem("name", name);
  const client = new RealtimeClient("/", { token: () => fetchToken(name) });
  showState(client);
  client.connect();
  return client;
}

/** The client asks for a token when it needs one: at first, before the last one expires, and when the server refused it. */
async function fetchToken(name: string): Promise<string> {
  const answer = await fetch(`/token?${new URLSearchParams({ name })}`, { method: "POST" });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

function askName(about: string): Promise<string> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "sign-in-title");
  dialog.innerHTML = `
    <form method="dialog">
      <h2 id="sign-in-title"></h2>
      <p></p>
      <label for="name">Your name</label>
      <input id="name" autocomplete="nickname" maxlength="32" pattern="[A-Za-z0-9_.\\-]+" title="Letters, digits, _ . and -" required>
      <button>Enter</button>
    </form>`;
  dialog.querySelector("h2")!.textContent = document.title;
  dialog.querySelector("p")!.textContent = about;
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    resolve(dialog.querySelector("input")!.value);
    dialog.remove();
  }));
}
