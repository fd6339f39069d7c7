/* Puts the page in the opening's place once it is drawn; what somebody pressed in the opening until
   then is pressed in the page. Only one of them is ever in the document, so that nothing is there
   twice. See dashapp/shell/opening.py. */
(function () {
  "use strict";

  var CONTROLS = ".opening button, .opening a";
  var opening = null, page = null, pressed = null;

  /* What a control of the opening stands for. */
  function inPage(element) {
    var control = element && element.closest(CONTROLS);
    if (!control) { return null; }
    var id = control.dataset.standsFor;
    return page.querySelector(
      id ? "[id='" + id + "']" : "a[href='" + control.getAttribute("href") + "']");
  }

  /* The page is awaited until it can be read; who wants to do something waits for that control. */
  function isReady() {
    var own = page.querySelector("[class*=may-]");
    return page.querySelector(opening.dataset.until) || own && inPage(pressed);
  }

  function swap() {
    var focused = inPage(document.activeElement), wanted = inPage(pressed);
    var shapes = page.querySelector(".skeleton-page");
    if (shapes) { shapes.classList.add("is-shown"); }  // they do not appear a second time
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
    /* By now Dash has found the room for its page, and draws in it wherever it is. */
    document.addEventListener("DOMContentLoaded", function () {
      opening = document.querySelector(".opening");
      page = document.getElementById("react-entry-point");
      page.remove();
      watch.observe(page, {attributes: true, childList: true, subtree: true});
    });
  });
})();
