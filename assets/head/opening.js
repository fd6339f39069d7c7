/* Replaces the opening with the real page once it is drawn, and replays the last click there. Only
   one of them is in the document at a time, so that no id exists twice. See
   dashapp/shell/opening.py. */
(function () {
  "use strict";

  var CONTROLS = ".opening button, .opening a";
  var opening = null, page = null, pressed = null;

  /* The page's counterpart of a control in the opening. */
  function inPage(element) {
    var control = element && element.closest(CONTROLS);
    if (!control) { return null; }
    var id = control.dataset.standsFor;
    return page.querySelector(
      id ? "[id='" + id + "']" : "a[href='" + control.getAttribute("href") + "']");
  }

  /* Ready once the page is readable or, after a click, once it has the clicked control. */
  function isReady() {
    var own = page.querySelector("[class*=may-]");
    return page.querySelector(opening.dataset.until) || own && inPage(pressed);
  }

  function swap() {
    var focused = inPage(document.activeElement), wanted = inPage(pressed);
    var shapes = page.querySelector(".skeleton-page");
    if (shapes) { shapes.classList.add("is-shown"); }  // no second fade-in
    opening.replaceWith(page);
    if (focused) { focused.focus(); }
    if (wanted) { wanted.click(); }
  }

  window.portalOpened = new Promise(function (done) {
    var watch = new MutationObserver(look);

    function look() {
      if (!page || page.isConnected || !isReady()) { return; }
      watch.disconnect();
      swap();
      done();
    }

    document.addEventListener("click", function (event) {
      var control = event.target.closest(CONTROLS);
      if (!control || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      event.preventDefault();
      pressed = control;
      look();
    });
    /* By now Dash has found its root element, and renders into it even while it is detached. */
    document.addEventListener("DOMContentLoaded", function () {
      opening = document.querySelector(".opening");
      page = document.getElementById("react-entry-point");
      page.remove();
      watch.observe(page, {attributes: true, childList: true, subtree: true});
    });
  });
})();
