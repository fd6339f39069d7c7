/* Keeps tooltips inside the window and closes them with Escape. */
(function () {
  "use strict";

  var EDGE = 12;

  function place(event) {
    var term = event.target.closest && event.target.closest(".term");
    if (!term) { return; }
    var tip = term.querySelector(".term-tip");
    term.classList.remove("is-closed");
    tip.style.setProperty("--shift", "0px");
    tip.classList.remove("is-below");
    var box = tip.getBoundingClientRect();
    var width = document.documentElement.clientWidth;
    var shift = box.left < EDGE ? EDGE - box.left : Math.min(0, width - EDGE - box.right);
    tip.style.setProperty("--shift", shift + "px");
    tip.classList.toggle("is-below", box.top < EDGE);
  }

  document.addEventListener("pointerover", place);
  document.addEventListener("focusin", place);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll(".term:hover, .term:focus").forEach(function (term) {
      term.classList.add("is-closed");
    });
  });
})();
