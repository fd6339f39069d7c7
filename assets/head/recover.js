/* Without one of its scripts or styles a page never comes, and says nothing. It is loaded anew as
   soon as what was lost can be had; its address keeps what it showed. This one stands in the page
   itself, as its file could be lost as well. */
(function () {
  "use strict";

  var PAUSE_MILLISECONDS = 1000;

  function recover(address) {
    window.setTimeout(function () {
      window.fetch(address, {cache: "reload"}).then(function (answer) {
        if (answer.ok) { window.location.reload(); } else { recover(address); }
      }, recover.bind(null, address));
    }, PAUSE_MILLISECONDS);
  }

  /* A failed load is heard of on the way down only. */
  window.addEventListener("error", function (event) {
    var lost = event.target;
    if (lost instanceof HTMLScriptElement) { recover(lost.src); }
    if (lost instanceof HTMLLinkElement && lost.rel === "stylesheet") { recover(lost.href); }
  }, true);
})();
