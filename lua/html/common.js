// common.js: what the scripts of all pages need; it stands before theirs.
//
// The state of a page's view is the fragment of its address: names that have one value (words) or
// any number of them (lists).
// Rule of thumb: text goes into the page as text nodes (el), never as HTML.

"use strict";

const TYPING = 150; // milliseconds without a key until a filter acts

const isNarrow = () => matchMedia("(max-width: 40rem)").matches;
const byId = (id) => document.getElementById(id);

// An element. Attributes that are false or undefined are left out, children too.
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== false));
  return element;
}

const mark = (sign) => el("span", { class: "mark", "aria-hidden": "true" }, sign);
const unseen = (text) => el("span", { class: "unseen" }, text);

// A box of a filter.
function choice(name, value, ...label) {
  return el("label", { class: "choice" }, el("input", { type: "checkbox", name, value }), label);
}

function stateOf(fragment, lists, words) {
  const query = new URLSearchParams(fragment.slice(1));
  const state = {};
  for (const key of words) state[key] = query.get(key) || "";
  for (const key of lists) state[key] = query.getAll(key);
  return state;
}

function addressOf(state, lists, words) {
  const query = new URLSearchParams();
  for (const key of lists) for (const value of state[key]) query.append(key, value);
  for (const key of words) if (state[key]) query.set(key, state[key]);
  return `#${query}`;
}

// Shows a list of boxes, and fields with one value, as the state has them.
function showFields(form, state, words) {
  for (const key of words) {
    const field = form.elements[key];
    if (field.value.trim() !== state[key]) field.value = state[key];
  }
  for (const box of form.querySelectorAll(".choice input"))
    box.checked = state[box.name].includes(box.value);
}

// Calls act() when something in the form has changed, and reset() when all shall be shown.
function whenChanged(form, act, reset) {
  let typing;
  form.addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(act, event.target.type === "search" ? TYPING : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    reset();
  });
}
