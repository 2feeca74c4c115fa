// What consumers are called, and how an address asks for one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { consumerQuery, keyOf, nameOf, namedConsumer, noteOf, titleOf, withConsumer } from "../../../static/monitor/js/usage/consumers.js";

const MAKE = { kind: "program", name: "make", user: "anna" };
const NGINX = { kind: "service", name: "nginx.service", user: "" };

test("two of one name are told apart by kind and user", () => {
  const all = [MAKE, { ...MAKE, user: "bob" }, { ...MAKE, kind: "service", user: "" }, { kind: "others", name: "others", user: "" }];
  assert.equal(new Set(all.map(keyOf)).size, 4);
  assert.deepEqual([titleOf(MAKE), titleOf(NGINX), noteOf(MAKE), noteOf(NGINX)], ["make (anna)", "nginx.service", "program, anna", "service"]);
});

test("what has no name is called by what it is", () => {
  assert.equal(nameOf({ kind: "not_seen", name: "not_seen", user: "" }), "not seen");
  assert.equal(noteOf({ kind: "never heard of", user: "" }), "never heard of");
});

test("an address asks for a consumer and keeps what else it says", () => {
  const search = withConsumer("?host=a&range=7d&by=memory", MAKE);
  assert.equal(search, "?host=a&range=7d&by=memory&consumer=make&kind=program&user=anna");
  assert.deepEqual(namedConsumer(search), { name: "make", kind: "program", user: "anna" });
  assert.equal(withConsumer(search, NGINX), "?host=a&range=7d&by=memory&consumer=nginx.service&kind=service");
  assert.equal(withConsumer(search, null), "?host=a&range=7d&by=memory");
  assert.equal(withConsumer("?consumer=x", null), "");
});

test("any name comes back from an address as it was", () => {
  for (const name of ["a&b=c", "<script>", "docker: postgres", "x".repeat(100), "\u05d0\u202e?#%2C", "50 %"]) {
    assert.equal(namedConsumer(withConsumer("?range=1y", { kind: "program", name, user: "a b" })).name, name);
  }
});

test("an address may name a consumer alone, or none", () => {
  assert.deepEqual(namedConsumer("?consumer=cron.service"), { name: "cron.service", kind: "", user: "" });
  assert.deepEqual(consumerQuery(namedConsumer("?consumer=cron.service")), { consumer: "cron.service" });
  assert.equal(namedConsumer("?consumer=&kind=service"), null);
  assert.deepEqual(consumerQuery(null), {});
});
