/* Preserves focus, typed text and expanded details when a page is redrawn, since Dash then creates
   every element anew. */
(function () {
  "use strict";

  var TYPED = "textarea, input[type=text], input[type=search], input[type=number]";
  /* The focused element, and its typed text that is not submitted yet. */
  var focused = null;
  var typed = null;
  var unfolded = {};
  var known = new WeakSet();
  var looked = "";

  function isOfPage(element) { return element.id && element.closest("main"); }

  function lookedAt() {
    var query = new URLSearchParams(window.location.search);
    return [window.location.pathname, query.get("data"), query.get("model")].join(" ");
  }

  function type(field, text) {
    var made = Object.getPrototypeOf(field);
    Object.getOwnPropertyDescriptor(made, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }

  function resume() {
    if (!focused || focused.isConnected || document.activeElement !== document.body) { return; }
    var again = document.getElementById(focused.id), text = typed;
    var caret = [focused.selectionStart, focused.selectionEnd];
    /* A field with another placeholder now has another meaning, such as another segment's name. */
    if (!again || !again.closest("main") || again.placeholder !== focused.placeholder) { return; }
    again.focus({preventScroll: true});
    if (!again.matches(TYPED)) { return; }
    if (text !== null) { type(again, text); }
    /* Scripts cannot set the caret of number fields. */
    if (again.selectionStart !== null) {
      again.setSelectionRange(caret[0], caret[1]);
    }
  }

  /* Combines its summary with the heading above it, because each segment has its own rules. */
  function nameOf(details) {
    var card = details.closest("section"), summary = details.querySelector("summary");
    var head = card && card.querySelector("h2");
    return (head ? head.textContent : "") + " " + (summary ? summary.textContent : "");
  }

  function unfold(details) {
    if (known.has(details)) { return; }
    known.add(details);
    if (unfolded[nameOf(details)]) { details.open = true; }
  }

  function forgetOther() {
    if (looked !== lookedAt()) {
      looked = lookedAt();
      unfolded = {};
    }
  }

  document.addEventListener("focusin", function (event) {
    focused = isOfPage(event.target) ? event.target : null;
    typed = null;
  });
  document.addEventListener("pointerdown", function (event) {
    if (event.target !== focused) { focused = null; }
  });
  document.addEventListener("input", function (event) {
    if (event.target === focused) { typed = event.target.value; }
  });
  /* A name is a single line, and Enter submits it. */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter") { return; }
    typed = null;
    if (event.target.matches(".segment-name")) { event.preventDefault(); }
  });
  /* Toggle events do not bubble. */
  document.addEventListener("toggle", function (event) {
    forgetOther();
    unfolded[nameOf(event.target)] = event.target.open;
  }, true);
  window.portalChanges(function () {
    forgetOther();
    resume();
    document.querySelectorAll("main details").forEach(unfold);
  });
})();
