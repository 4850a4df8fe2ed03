// The only place that knows test card numbers. They are turned into a token here, in the browser; fields without a
// name are never posted.
"use strict";
const NUMBERS = {
  "ok": "4242424242424242",
  "mastercard": "5555555555554444",
  "no-funds": "4000000000009995",
  "tomorrow": "4000000000000341",
  "declined": "4000000000000002",
  "lost": "4000000000009987",
  "expired": "4000000000000069",
  "confirm": "4000002500003155",
  "answer-lost": "4000000000006975",
  "request-lost": "4000000000000119",
};
const form = document.querySelector("form.card");
const field = (id) => document.getElementById(id);
const rows = new Map([...document.querySelectorAll("tr[data-card]")].map((row) => [row.dataset.card, row]));
const grouped = (number) => number.replace(/(.{4})(?=.)/g, "$1 ");

for (const [name, row] of rows) row.querySelector("code").textContent = grouped(NUMBERS[name]);

function complain(id) {
  for (const problem of document.querySelectorAll("[role=alert]")) problem.hidden = problem.id !== id;
}

form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.value === "leave") return;
  event.preventDefault();
  const digits = field("number").value.replace(/\D/g, "");
  const name = Object.keys(NUMBERS).find((each) => NUMBERS[each] === digits && rows.has(each));
  if (!name) return complain("unknown-card");
  if (!/^(0[1-9]|1[0-2])\s*\/\s*\d\d$/.test(field("expiry").value.trim())) return complain("wrong-expiry");
  if (!/^\d{3}$/.test(field("code").value.trim())) return complain("wrong-code");
  form.elements.token.value = name;
  form.elements.brand.value = rows.get(name).dataset.brand;
  form.elements.last4.value = digits.slice(-4);
  form.elements.expires.value = field("expiry").value.replace(/\s/g, "");
  field("number").value = field("code").value = "";
  form.submit();
});
field("add").disabled = false;
