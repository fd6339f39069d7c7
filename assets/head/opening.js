/* Puts the page in the opening's place once it is drawn; what somebody pressed in the opening until
   then is pressed in the page. Only one of them is ever in the document, so that nothing is there
   twice. See dashapp/shell/opening.py. */
(function () {
  "use strict";

  var pressed = null;

  /* What an element of the opening stands for. */
  function inPage(element) {
    var known = element && element.closest(".opening button, .opening a");
    if (!known) { return null; }
    return document.getElementById(known.dataset.standsFor) ||
      document.querySelector("#react-entry-point a[href='" + known.getAttribute("href") + "']");
  }

  document.addEventListener("click", function (event) {
    var control = event.target.closest(".opening button, .opening a");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    pressed = control;
  });

  function swap(opening, page) {
    var focused = document.activeElement;
    var shapes = page.querySelector(".skeleton-page");
    if (shapes) { shapes.classList.add("is-shown"); }  // they do not appear a second time
    opening.replaceWith(page);
    if (inPage(focused)) { inPage(focused).focus(); }
    if (inPage(pressed)) { inPage(pressed).click(); }
  }

  /* By now Dash has found the room for its page, and draws in it wherever it is. */
  window.portalOpened = new Promise(function (done) {
    document.addEventListener("DOMContentLoaded", function () {
      var opening = document.querySelector(".opening");
      var page = document.getElementById("react-entry-point");
      var watch = new MutationObserver(function () {
        if (!page.querySelector(opening.dataset.until)) { return; }
        watch.disconnect();
        swap(opening, page);
        done();
      });
      page.remove();
      watch.observe(page, {childList: true, subtree: true});
    });
  });
})();
