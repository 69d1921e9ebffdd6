import assert from "node:assert/strict";
import test from "node:test";
import { Session } from "../app/session.js";

/** What two tabs share; structured as a browser's database gives it, a copy each time. */
const vault = () => {
  let kept;
  return {
    read: async () => structuredClone(kept),
    write: async (value) => void (kept = structuredClone(value)),
    onWritten: () => {},
  };
};
const login = (number) => ({ accessToken: `access${number}`, refreshToken: `refresh${number}`, user: { id: "dana" } });

/** Answers each request with the next of these: `[status, body]`. */
function serve(context, ...answers) {
  const asked = [];
  context.mock.method(globalThis, "fetch", async (path, { body }) => {
    asked.push([path, JSON.parse(body)]);
    const [status, answer] = answers.shift();
    return new Response(JSON.stringify(answer), { status });
  });
  return asked;
}

test("a refresh token is exchanged once, however many ask", async (context) => {
  const asked = serve(context, [200, login(1)], [200, login(2)]);
  const session = await Session.open(vault());
  await session.signIn("dana@example.test", "secret");
  const [one, other] = await Promise.all([session.renewed("access1"), session.renewed("access1")]);
  assert.deepEqual([one.accessToken, other.accessToken], ["access2", "access2"]);
  assert.deepEqual(asked.slice(1), [["/api/v1/auth/refresh", { refreshToken: "refresh1" }]]);
});

test("what another tab has exchanged is taken from it", async (context) => {
  const shared = vault();
  const asked = serve(context, [200, login(1)], [200, login(2)]);
  const tab = await Session.open(shared);
  await tab.signIn("dana@example.test", "secret");
  const other = await Session.open(shared);
  await other.renewed("access1");
  assert.equal((await tab.renewed("access1")).accessToken, "access2");
  assert.equal(asked.length, 2);
});

test("a refused exchange ends the session, one that does not reach the server does not", async (context) => {
  for (const [status, isOver] of [
    [401, true],
    [503, false],
  ]) {
    const shared = vault();
    const asked = serve(context, [200, login(1)], [status, { code: "any", detail: "no" }]);
    const session = await Session.open(shared);
    await session.signIn("dana@example.test", "secret");
    const changes = [];
    session.onChange(() => changes.push(session.current));
    await assert.rejects(session.renewed("access1"), { status });
    assert.equal(session.current === undefined, isOver, `${status}`);
    assert.equal((await Session.open(shared)).current === undefined, isOver, `${status}, at the next visit`);
    assert.equal(changes.length, isOver ? 1 : 0);
    assert.equal(asked.length, 2);
  }
});
