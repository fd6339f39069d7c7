/* Reloads the page once a script or style that failed to load is available again; the URL keeps the
   page's state. This script is inline, because its own file could fail to load too. */
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

  /* Load errors do not bubble; they can only be captured. */
  window.addEventListener("error", function (event) {
    var lost = event.target;
    if (lost instanceof HTMLScriptElement) { recover(lost.src); }
    if (lost instanceof HTMLLinkElement && lost.rel === "stylesheet") { recover(lost.href); }
  }, true);
})();
